package plugin

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// health is what the test button of a plugin of a version says.
func (s *served) health(version string) *backend.CheckHealthResult {
	s.t.Helper()
	asker := s.as("Admin")
	asker.PluginVersion = version
	result, err := s.plugin.Client.CheckHealth(context.Background(), &backend.CheckHealthRequest{PluginContext: asker})
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
		"no word of events":     {`{"status":"ready","apiVersion":"0.1.0","schemaVersion":9}`, "Watchtower 0.1.0 answers, schema 9."},
		"old events":            {`{"status":"ready","newestEventAgeSeconds":190000}`, "newest event 2 d 4 h ago"},
	} {
		t.Run(name, func(t *testing.T) {
			result := serve(t, says(test.answer)).health("0.1.3")
			if result.Status != backend.HealthStatusOk || !strings.Contains(result.Message, test.says) {
				t.Errorf("got %s %q, want %q", result.Status, result.Message, test.says)
			}
		})
	}
}

// Without it a half-made upgrade would show as panels that cannot be decoded, one by one.
func TestHealthTellsOfAnotherVersion(t *testing.T) {
	for plugin, fits := range map[string]bool{"1.9.0": true, "1.0.0-beta": true, "2.1.0": false, "0.1.0": false, "10.2.0": false, "": true, "%VERSION%": true} {
		result := serve(t, says(`{"status":"ready","apiVersion":"1.2.3"}`)).health(plugin)
		told := strings.Contains(result.Message, "Watchtower 1.2.3 answers, but this plugin is of version "+plugin)
		if (result.Status == backend.HealthStatusOk) != fits || told == fits {
			t.Errorf("%q: got %s %q", plugin, result.Status, result.Message)
		}
	}
	result := serve(t, says(`{"status":"ready","apiVersion":"0.2.0"}`)).health("0.1.0")
	if result.Status != backend.HealthStatusError {
		t.Errorf("0.1.0 before 0.2.0: got %s %q", result.Status, result.Message)
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
			if result := s.health("0.1.3"); result.Status != backend.HealthStatusError || !strings.Contains(result.Message, test.says) {
				t.Errorf("got %s %q, want %q", result.Status, result.Message, test.says)
			}
		})
	}
	s := serve(t, says(`{}`))
	s.api.Close()
	if result := s.health("0.1.3"); result.Status != backend.HealthStatusError || !strings.Contains(result.Message, "cannot be reached") {
		t.Errorf("got %s %q", result.Status, result.Message)
	}
}
