package plugin

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

type collected struct {
	status   int
	body     bytes.Buffer
	largest  int
	messages int
}

func (c *collected) Send(response *backend.CallResourceResponse) error {
	if response.Status != 0 {
		c.status = response.Status
	}
	c.largest, c.messages = max(c.largest, len(response.Body)), c.messages+1
	c.body.Write(response.Body)
	return nil
}

func (s *served) call(role, method, path, body string) *collected {
	s.t.Helper()
	answer := &collected{}
	before, _, _ := strings.Cut(path, "?")
	request := &backend.CallResourceRequest{PluginContext: s.as(role), Method: method, Path: before, URL: path, Body: []byte(body)}
	if err := s.plugin.Client.CallResource(context.Background(), request, answer); err != nil {
		s.t.Fatal(err)
	}
	return answer
}

// Who may do what, on every path there is. A new resource without a line here fails the test.
func TestRolesOnEveryResource(t *testing.T) {
	allowed := map[string]string{
		"GET /model": "Viewer", "GET /dimensions": "Viewer", "GET /dimensions/{id}/values": "Viewer",
		"GET /files": "Viewer", "GET /files/{id}": "Viewer", "GET /files/{id}/errors": "Viewer", "GET /export": "Viewer",
		"POST /files/{id}/retry": "Editor", "POST /incidents/{id}/ack": "Editor", "DELETE /files/{id}": "Admin",
	}
	s := serve(t, says(`{}`))
	if len(all) != len(allowed) {
		t.Fatalf("%d resources, %d lines here", len(all), len(allowed))
	}
	rank := map[string]int{"": 1, "Viewer": 1, "Editor": 2, "Admin": 3}
	for _, entry := range all {
		needs := allowed[entry.pattern]
		method, path, _ := strings.Cut(strings.ReplaceAll(entry.pattern, "{id}", "7"), " ")
		for role := range rank {
			before := len(s.calls)
			answer := s.call(role, method, strings.TrimPrefix(path, "/"), "")
			passed := len(s.calls) > before
			if want := rank[role] >= rank[needs]; passed != want || (answer.status == http.StatusForbidden) == want {
				t.Errorf("%s as %q: passed on %v, answered %d", entry.pattern, role, passed, answer.status)
			}
			if !passed {
				continue
			}
			key, call := "Bearer look", s.calls[len(s.calls)-1]
			if method != http.MethodGet {
				key = "Bearer change"
			}
			if call.Header.Get("Authorization") != key || call.Method != method {
				t.Errorf("%s: %s with %q", entry.pattern, call.Method, call.Header.Get("Authorization"))
			}
		}
	}
}

// Without it a crafted path would reach another route of the API with the datasource's key on it.
func TestNoOtherPathReachesTheAPI(t *testing.T) {
	s := serve(t, says(`{}`))
	for _, call := range []struct{ method, path string }{
		{"GET", "query"}, {"POST", "files"}, {"PUT", "files/7"}, {"DELETE", "files"}, {"POST", "api/files/upload"}, {"GET", ""},
		{"DELETE", "files/..%2fx"}, {"GET", "files/7%2f..%2f8"}, {"GET", "files/%2e%2e"}, {"GET", "files/a b"}, {"GET", "files/../healthz"},
		{"GET", "files/7/../../query"}, {"GET", "dimensions/a%3Fx=1/values"},
	} {
		if answer := s.call("Admin", call.method, call.path, ""); answer.status < 300 {
			t.Errorf("%s %s: %d", call.method, call.path, answer.status)
		}
	}
	if len(s.calls) > 0 {
		t.Errorf("%s %s reached the API", s.calls[0].Method, s.calls[0].URL)
	}
}

func TestParametersAndBodies(t *testing.T) {
	s := serve(t, says(`{}`))
	s.call("Viewer", "GET", "files?limit=5&cursor=c&evil=1", "")
	if got := s.calls[0].URL.RawQuery; got != "cursor=c&limit=5" {
		t.Errorf("files was asked with %q", got)
	}
	s.call("Viewer", "GET", "export?job=J-1&format=csv", "")
	if got := s.calls[1].URL.RawQuery; got != "format=csv&job=J-1" {
		t.Errorf("export was asked with %q", got)
	}
	s.call("Editor", "POST", "incidents/i-1/ack", `{"note":"seen"}`)
	if s.calls[2].URL.Path != "/api/incidents/i-1/ack" || s.bodies[2]["note"] != "seen" {
		t.Errorf("%s got %v", s.calls[2].URL, s.bodies[2])
	}
	if answer := s.call("Editor", "POST", "incidents/i-1/ack", strings.Repeat("x", maxBody+1)); answer.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge note was answered %d", answer.status)
	}
}

// Without it an export of some size would fail at the 16 MiB of one message, or be held whole in memory.
func TestExportIsStreamed(t *testing.T) {
	const size = 40 << 20
	line := []byte(strings.Repeat("x", 1023) + "\n")
	s := serve(t, func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "text/csv")
		for range size / len(line) {
			_, _ = writer.Write(line)
		}
	})
	answer := s.call("Viewer", "GET", "export?format=csv", "")
	if answer.body.Len() != size || answer.largest > pieceSize || answer.messages < size/pieceSize {
		t.Errorf("%d bytes in %d messages of at most %d", answer.body.Len(), answer.messages, answer.largest)
	}
}

func TestRefusalsAreTold(t *testing.T) {
	s := serve(t, func(writer http.ResponseWriter, _ *http.Request) {
		writer.WriteHeader(http.StatusConflict)
		_, _ = writer.Write([]byte(`{"error":{"code":"busy","message":"file 7 is loading: try again when it is done"}}`))
	})
	answer := s.call("Admin", "DELETE", "files/7", "")
	if answer.status != http.StatusConflict || !strings.Contains(answer.body.String(), "try again when it is done") {
		t.Errorf("%d %s", answer.status, answer.body.String())
	}
}
