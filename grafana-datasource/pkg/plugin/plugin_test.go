package plugin

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/experimental/datasourcetest"
)

// served is the datasource behind the very gRPC server that Grafana speaks to, in front of an address that answers
// with what a test says.
type served struct {
	t      *testing.T
	api    *httptest.Server
	plugin datasourcetest.TestPlugin
	// changed tells the plugin's instances apart: it makes a new one when settings were changed.
	changed time.Time
	mutex   sync.Mutex
	calls   []*http.Request
	bodies  []map[string]any
}

var (
	// A process can serve one plugin only, as its metrics are registered once.
	plugin datasourcetest.TestPlugin
	made   int64
)

func TestMain(m *testing.M) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	if plugin, err = datasourcetest.Manage(New, datasourcetest.ManageOpts{Address: address}); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = plugin.Shutdown()
	os.Exit(code)
}

func serve(t *testing.T, answer http.HandlerFunc) *served {
	t.Helper()
	made++
	s := &served{t: t, plugin: plugin, changed: time.Unix(made, 0)}
	s.api = httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		body := map[string]any{}
		_ = json.NewDecoder(request.Body).Decode(&body)
		s.mutex.Lock()
		s.calls, s.bodies = append(s.calls, request), append(s.bodies, body)
		s.mutex.Unlock()
		answer(writer, request)
	}))
	t.Cleanup(s.api.Close)
	return s
}

// as is the context of a request by someone of a role; an empty role is a request without a user.
func (s *served) as(role string) backend.PluginContext {
	options, err := json.Marshal(map[string]any{"apiUrl": s.api.URL})
	if err != nil {
		s.t.Fatal(err)
	}
	context := backend.PluginContext{
		OrgID:    1, //nolint:staticcheck
		PluginID: "pmta-watchtower-datasource",
		DataSourceInstanceSettings: &backend.DataSourceInstanceSettings{
			ID: 1, UID: "pmta-watchtower", Updated: s.changed, JSONData: options,
			DecryptedSecureJSONData: map[string]string{"readKey": "look", "adminKey": "change"},
		},
	}
	if role != "" {
		context.User = &backend.User{Login: "ann", Role: role}
	}
	return context
}

var (
	from = time.UnixMilli(1789430400000)
	to   = time.UnixMilli(1789434000000)
)

func queryOf(refID, model string) backend.DataQuery {
	return backend.DataQuery{
		RefID: refID, MaxDataPoints: 500, Interval: 15 * time.Second,
		TimeRange: backend.TimeRange{From: from, To: to}, JSON: []byte(model),
	}
}

func (s *served) query(queries ...backend.DataQuery) backend.Responses {
	s.t.Helper()
	response, err := s.plugin.Client.QueryData(context.Background(), &backend.QueryDataRequest{
		PluginContext: s.as("Viewer"),
		Headers:       map[string]string{"http_X-Dashboard-Uid": "pmta-health", "http_X-Rule-Uid": "rule-1"},
		Queries:       queries,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return response.Responses
}

func says(text string) http.HandlerFunc {
	return func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "application/json")
		_, _ = writer.Write([]byte(text))
	}
}
