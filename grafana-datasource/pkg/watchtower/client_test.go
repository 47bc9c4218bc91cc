package watchtower

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func clientOf(t *testing.T, server *httptest.Server, options map[string]any) *Client {
	t.Helper()
	all := map[string]any{"apiUrl": server.URL + "/base"}
	for name, value := range options {
		all[name] = value
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	source := backend.DataSourceInstanceSettings{
		JSONData:                text,
		DecryptedSecureJSONData: map[string]string{"readKey": "look", "adminKey": "change"},
	}
	settings, err := LoadSettings(source)
	if err != nil {
		t.Fatal(err)
	}
	client, err := NewClient(t.Context(), settings, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// Without it a key of the wrong kind would travel, or who asks would be lost on the way.
func TestWhatIsSent(t *testing.T) {
	var seen *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) { seen = request }))
	defer server.Close()
	client := clientOf(t, server, nil)
	caller := Caller{Role: "Editor", User: "ann\r\nX-Evil: 1 ä", Org: "1", Dashboard: "d", Panel: "2", Rule: ""}
	if _, err := client.Read(t.Context(), Request{Method: "POST", Path: "/api/x/a%2Fb", Body: []byte("{}"), Key: AdminKey, Caller: caller}); err != nil {
		t.Fatal(err)
	}
	if got := seen.URL.EscapedPath(); got != "/base/api/x/a%2Fb" {
		t.Errorf("the path was %s", got)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer change", "Content-Type": "application/json", "X-Watchtower-Role": "Editor",
		"X-Watchtower-User": "annX-Evil: 1 ", "X-Watchtower-Dashboard": "d", "X-Watchtower-Rule": "", "X-Evil": "",
	} {
		if got := seen.Header.Get(name); got != strings.TrimSpace(want) {
			t.Errorf("%s was %q, want %q", name, got, want)
		}
	}
	if _, err := client.Read(t.Context(), Request{Method: "GET", Path: "/api/x"}); err != nil {
		t.Fatal(err)
	}
	if got := seen.Header.Get("Authorization"); got != "Bearer look" {
		t.Errorf("a reading call carried %q", got)
	}
}

// Without it a panel would fail now and then: the connection that its question goes into may be closed by the other side.
func TestQuestionIntoAClosedConnection(t *testing.T) {
	var from []string
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		from = append(from, request.RemoteAddr)
		if len(from) != 2 {
			return
		}
		connection, _, err := writer.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = connection.Close()
	}))
	defer server.Close()
	client := clientOf(t, server, nil)
	for range 2 {
		if _, err := client.Read(t.Context(), Request{Method: "POST", Path: "/api/query", Body: []byte("{}"), Question: true}); err != nil {
			t.Fatal(err)
		}
	}
	if len(from) != 3 || from[1] != from[0] || from[2] == from[0] {
		t.Errorf("it was asked from %v", from)
	}
}

// Without it people would read "500" or a page of HTML where a sentence could tell them what to do.
func TestRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   int
		says   string
	}{
		"the API's own sentence":   {400, `{"error":{"code":"x","message":"metrics: unknown metric"}}`, 400, "metrics: unknown metric"},
		"a wrong key":              {401, `{}`, 401, "does not accept the read key"},
		"a key of another role":    {403, `{"error":{"message":"needs admin"}}`, 403, "may not do this: needs admin"},
		"something that is no API": {404, `<html>`, 404, "check the URL"},
		"a redirect":               {302, ``, 502, "redirects are not followed"},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
				calls++
				writer.Header().Set("Location", "/elsewhere")
				writer.WriteHeader(test.status)
				_, _ = writer.Write([]byte(test.body))
			}))
			defer server.Close()
			_, err := clientOf(t, server, nil).Read(t.Context(), Request{Method: "GET", Path: "/api/x"})
			var refused *Error
			if !errors.As(err, &refused) || refused.Status != test.want || !strings.Contains(refused.Message, test.says) {
				t.Errorf("got %#v, want status %d that says %q", err, test.want, test.says)
			}
			if calls != 1 {
				t.Errorf("%d calls were made", calls)
			}
		})
	}
}

// Without it a huge answer would take Grafana's memory.
func TestAnswersAreLimited(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		piece := make([]byte, 1<<20)
		for range 65 {
			if _, err := writer.Write(piece); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	_, err := clientOf(t, server, nil).Read(t.Context(), Request{Method: "GET", Path: "/api/x"})
	if err == nil || !strings.Contains(err.Error(), "larger than Grafana takes") {
		t.Errorf("got %v", err)
	}
}

// Without it the timeout of the datasource would cut streams and exports off.
func TestOnlyBoundedCallsTimeOut(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		writer.WriteHeader(http.StatusOK)
		writer.(http.Flusher).Flush()
		select {
		case <-release:
		case <-request.Context().Done():
			return
		}
		_, _ = writer.Write([]byte("late"))
	}))
	defer server.Close()
	client := clientOf(t, server, map[string]any{"timeout": 1})
	if _, err := client.Read(t.Context(), Request{Method: "GET", Path: "/api/x"}); err == nil || !strings.Contains(err.Error(), "in time") {
		t.Fatalf("got %v", err)
	}
	time.AfterFunc(1200*time.Millisecond, func() { close(release) })
	body, err := client.Read(t.Context(), Request{Method: "GET", Path: "/api/x", Endless: true})
	if err != nil || string(body) != "late" {
		t.Errorf("got %q and %v", body, err)
	}
}

func TestUnreachable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	client := clientOf(t, server, nil)
	server.Close()
	_, err := client.Read(t.Context(), Request{Method: "GET", Path: "/api/x"})
	if err == nil || !strings.Contains(err.Error(), "cannot be reached") || strings.Contains(err.Error(), "look") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Read(ctx, Request{Method: "GET", Path: "/api/x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("someone who left got %v", err)
	}
}
