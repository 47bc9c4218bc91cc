package plugin

import (
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/experimental"
)

// Without it the API would get other questions than people asked, or not know who asks.
func TestQuestionsReachTheAPI(t *testing.T) {
	s := serve(t, says(`{"results":{"A":{"status":200,"frames":[]},"B":{"status":200,"frames":[]}}}`))
	s.query(
		queryOf("A", `{"refId":"ignored","queryType":"metrics","metrics":["delivered"],"hide":false,"key":"k","datasource":{"uid":"x"},"schemaVersion":1,"intervalMs":1,"maxDataPoints":1}`),
		queryOf("B", `{"queryType":"trace","messageId":"<a@b>"}`),
	)
	if len(s.calls) != 1 {
		t.Fatalf("%d calls were made for two queries", len(s.calls))
	}
	call := s.calls[0]
	if call.Method != http.MethodPost || call.URL.Path != "/api/query" || call.Header.Get("Authorization") != "Bearer look" {
		t.Errorf("the call was %s %s with %q", call.Method, call.URL, call.Header.Get("Authorization"))
	}
	for name, want := range map[string]string{
		"X-Watchtower-Role": "Viewer", "X-Watchtower-User": "ann", "X-Watchtower-Org": "1",
		"X-Watchtower-Dashboard": "pmta-health", "X-Watchtower-Rule": "rule-1",
	} {
		if got := call.Header.Get(name); got != want {
			t.Errorf("%s was %q, want %q", name, got, want)
		}
	}
	want := []any{
		map[string]any{
			"refId": "A", "queryType": "metrics", "metrics": []any{"delivered"},
			"from": 1789430400000.0, "to": 1789434000000.0, "intervalMs": 15000.0, "maxDataPoints": 500.0,
		},
		map[string]any{
			"refId": "B", "queryType": "trace", "messageId": "<a@b>",
			"from": 1789430400000.0, "to": 1789434000000.0, "intervalMs": 15000.0, "maxDataPoints": 500.0,
		},
	}
	if got := s.bodies[0]["queries"]; !reflect.DeepEqual(got, want) {
		t.Errorf("the API was asked %v", got)
	}
}

// Without it a change against the range before would be one against the range itself.
func TestTheRangeBeforeEndsWhereTheRangeBegins(t *testing.T) {
	s := serve(t, says(`{"results":{"A":{"status":200,"frames":[]}}}`))
	s.query(queryOf("A", `{"queryType":"metrics","metrics":["delivered"],"previous":true}`))
	want := []any{map[string]any{
		"refId": "A", "queryType": "metrics", "metrics": []any{"delivered"},
		"from": 1789426800000.0, "to": 1789430400000.0, "intervalMs": 15000.0, "maxDataPoints": 500.0,
	}}
	if got := s.bodies[0]["queries"]; !reflect.DeepEqual(got, want) {
		t.Errorf("the API was asked %v", got)
	}
}

// Every shape of answer goes through the decoder and back over gRPC: types, labels, meta, notices, nulls, errors.
func TestAnswersComeThrough(t *testing.T) {
	files, err := filepath.Glob("testdata/good/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			answers := serve(t, says(string(text))).query(queryOf("A", `{"queryType":"metrics"}`))
			answer := answers["A"]
			experimental.CheckGoldenJSONResponse(t, filepath.Join("testdata", "golden"), name, &answer, os.Getenv("UPDATE_GOLDEN") != "")
		})
	}
}

// An answer that Grafana's decoder refuses must be told as the API's fault, on the query, not as a failed panel without words.
func TestAnswersThatAreNoFrames(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			answer := serve(t, says(string(text))).query(queryOf("A", `{}`))["A"]
			if answer.Error == nil || answer.ErrorSource != backend.ErrorSourceDownstream {
				t.Errorf("got %v from %q", answer.Error, answer.ErrorSource)
			}
		})
	}
}

func TestEachQueryFailsAlone(t *testing.T) {
	s := serve(t, says(`{"results":{"A":{"status":400,"error":"metrics: unknown metric \"x\"","errorSource":"downstream"},"B":{"status":200,"frames":[]}}}`))
	answers := s.query(queryOf("A", `{}`), queryOf("B", `{}`), queryOf("C", `{}`), queryOf("D", `{`), queryOf("E", `{"schemaVersion":99}`))
	for refID, want := range map[string]struct {
		status backend.Status
		says   string
	}{
		"A": {400, `unknown metric "x"`}, "B": {200, ""}, "C": {502, "left this query unanswered"},
		"D": {400, "cannot be read"}, "E": {400, "newer version of the plugin"},
	} {
		answer := answers[refID]
		said := ""
		if answer.Error != nil {
			said = answer.Error.Error()
		}
		if answer.Status != want.status || !strings.Contains(said, want.says) || (want.says == "") != (said == "") {
			t.Errorf("%s: got %d %q, want %d with %q", refID, answer.Status, said, want.status, want.says)
		}
	}
}

func TestARefusedRequestFailsEveryQuery(t *testing.T) {
	s := serve(t, func(writer http.ResponseWriter, _ *http.Request) {
		writer.WriteHeader(http.StatusTooManyRequests)
		_, _ = writer.Write([]byte(`{"error":{"code":"busy","message":"too many queries at once"}}`))
	})
	for refID, answer := range s.query(queryOf("A", `{}`), queryOf("B", `{}`)) {
		if answer.Status != http.StatusTooManyRequests || answer.ErrorSource != backend.ErrorSourceDownstream ||
			answer.Error == nil || answer.Error.Error() != "too many queries at once" {
			t.Errorf("%s: %d %v from %s", refID, answer.Status, answer.Error, answer.ErrorSource)
		}
	}
}

// Wrong settings must be told where people look: in the panel.
func TestWrongSettingsAreToldOnEveryQuery(t *testing.T) {
	instance, err := New(t.Context(), backend.DataSourceInstanceSettings{JSONData: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	response, err := instance.(*Datasource).QueryData(t.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{queryOf("A", `{}`)}})
	if err != nil || !strings.Contains(response.Responses["A"].Error.Error(), "is not set") {
		t.Errorf("got %v and %v", response, err)
	}
}
