package plugin

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func (s *served) health() *backend.CheckHealthResult {
	s.t.Helper()
	result, err := s.plugin.Client.CheckHealth(context.Background(), &backend.CheckHealthRequest{PluginContext: s.as("Admin")})
	if err != nil {
		s.t.Fatal(err)
	}
	return result
}

func TestHealthTellsWhatThereIs(t *testing.T) {
	for name, test := range map[string]struct{ answer, says string }{
		"fresh events": {`{"status":"ready","apiVersion":"0.1.0","schemaVersion":9,"newestEventAgeSeconds":125,"ingestLagSeconds":7}`,
			"Watchtower 0.1.0 answers, schema 9, newest event 2 min ago, logs wait for 7 s."},
		"an empty store": {`{"status":"ready","apiVersion":"0.1.0","schemaVersion":9,"newestEventAgeSeconds":null,"ingestLagSeconds":0}`,
			"no event yet: copy a log into the drop folder."},
		"trouble on the way in": {`{"status":"ready","newestEventAgeSeconds":1,"problem":"the disk is full"}`, "Logs are not taken in at the moment: the disk is full."},
		"old events":            {`{"status":"ready","newestEventAgeSeconds":190000}`, "newest event 2 d 4 h ago"},
	} {
		t.Run(name, func(t *testing.T) {
			result := serve(t, says(test.answer)).health()
			if result.Status != backend.HealthStatusOk || !strings.Contains(result.Message, test.says) {
				t.Errorf("got %s %q, want %q", result.Status, result.Message, test.says)
			}
		})
	}
}

func TestHealthTellsWhatToDo(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		says   string
	}{
		"a wrong key":     {401, `{}`, "does not accept the read key: set it in the settings"},
		"another service": {200, `<html>`, "check the URL"},
		"a dead store":    {503, `{"error":{"message":"the store does not answer"}}`, "The store does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(writer http.ResponseWriter, _ *http.Request) {
				writer.WriteHeader(test.status)
				_, _ = writer.Write([]byte(test.body))
			})
			if result := s.health(); result.Status != backend.HealthStatusError || !strings.Contains(result.Message, test.says) {
				t.Errorf("got %s %q, want %q", result.Status, result.Message, test.says)
			}
		})
	}
	s := serve(t, says(`{}`))
	s.api.Close()
	if result := s.health(); result.Status != backend.HealthStatusError || !strings.Contains(result.Message, "cannot be reached") {
		t.Errorf("got %s %q", result.Status, result.Message)
	}
}
