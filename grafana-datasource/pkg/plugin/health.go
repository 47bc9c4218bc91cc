package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/pmta-watchtower/grafana-datasource/pkg/watchtower"
)

// readiness is what the API says of itself; null where there is nothing to say yet.
type readiness struct {
	Status                string   `json:"status"`
	APIVersion            string   `json:"apiVersion"`
	SchemaVersion         *int     `json:"schemaVersion"`
	NewestEventAgeSeconds age      `json:"newestEventAgeSeconds"`
	IngestLagSeconds      *float64 `json:"ingestLagSeconds"`
	// Problem is what keeps rows from being committed.
	Problem *string `json:"problem"`
}

// age tells a store without events, null, from an answer that says nothing of events.
type age struct {
	told    bool
	seconds *float64
}

func (a *age) UnmarshalJSON(text []byte) error {
	a.told = true
	return json.Unmarshal(text, &a.seconds)
}

// CheckHealth is behind the test button: whether the API is there, takes the keys, and how fresh its figures are.
func (d *Datasource) CheckHealth(ctx context.Context, request *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	if d.broken != nil {
		return unhealthy(d.broken), nil
	}
	caller := watchtower.CallerOf(request.PluginContext, request.GetHTTPHeaders())
	// A route that needs the read key: readiness alone is told to anyone.
	if _, err := d.client.Read(ctx, watchtower.Request{Method: http.MethodGet, Path: "/api/dimensions", Caller: caller}); err != nil {
		return unhealthy(err), nil
	}
	body, err := d.client.Read(ctx, watchtower.Request{Method: http.MethodGet, Path: "/readyz", Caller: caller})
	if err != nil {
		return unhealthy(err), nil
	}
	var ready readiness
	if err := json.Unmarshal(body, &ready); err != nil || ready.Status == "" {
		return unhealthy(errors.New("the address answers, but not as the Watchtower API does: check the URL")), nil
	}
	if own := request.PluginContext.PluginVersion; series(own) != series(ready.APIVersion) && series(own) != "" && series(ready.APIVersion) != "" {
		return unhealthy(fmt.Errorf("Watchtower %s answers, but this plugin is of version %s and may not understand it: install both in the same version", ready.APIVersion, own)), nil
	}
	return &backend.CheckHealthResult{Status: backend.HealthStatusOk, Message: describe(ready), JSONDetails: body}, nil
}

// release is a version number; before 1.0 every second number may change what is understood.
var release = regexp.MustCompile(`^(0\.\d+|[1-9]\d*)\.`)

// series is the part of a version that plugin and API must share; empty where it is no version.
func series(version string) string { return release.FindString(version) }

func unhealthy(err error) *backend.CheckHealthResult {
	return &backend.CheckHealthResult{Status: backend.HealthStatusError, Message: sentence(err.Error())}
}

func describe(ready readiness) string {
	said := []string{"Watchtower answers"}
	if ready.APIVersion != "" {
		said[0] = "Watchtower " + ready.APIVersion + " answers"
	}
	if ready.SchemaVersion != nil {
		said = append(said, fmt.Sprintf("schema %d", *ready.SchemaVersion))
	}
	if age := ready.NewestEventAgeSeconds; age.seconds != nil {
		said = append(said, "newest event "+span(*age.seconds)+" ago")
	} else if age.told {
		said = append(said, "no event yet: copy a log into the drop folder")
	}
	if lag := ready.IngestLagSeconds; lag != nil && *lag > 0 {
		said = append(said, "logs wait for "+span(*lag))
	}
	text := strings.Join(said, ", ") + "."
	if ready.Problem != nil {
		text += " Logs are not taken in at the moment: " + *ready.Problem + "."
	}
	return text
}

// span is a time in words, in the two largest units.
func span(seconds float64) string {
	rest := time.Duration(seconds * float64(time.Second))
	days := rest / (24 * time.Hour)
	hours := rest % (24 * time.Hour) / time.Hour
	minutes := rest % time.Hour / time.Minute
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%d min", minutes)
	default:
		return fmt.Sprintf("%d s", rest/time.Second)
	}
}

func sentence(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
