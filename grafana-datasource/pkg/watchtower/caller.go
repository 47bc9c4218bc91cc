package watchtower

import (
	"net/http"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Caller is who asks: the API masks recipients by the role and notes the rest in its log.
type Caller struct {
	Role, User, Org, Dashboard, Panel, Rule string
}

// CallerOf reads who asks from what Grafana says of a request. Someone without a role is a Viewer.
func CallerOf(context backend.PluginContext, headers http.Header) Caller {
	caller := Caller{
		Role:      "Viewer",
		Org:       strconv.FormatInt(context.OrgID, 10), //nolint:staticcheck // the namespace is not what the API shows
		Dashboard: headers.Get("X-Dashboard-Uid"),
		Panel:     headers.Get("X-Panel-Id"),
		Rule:      headers.Get("X-Rule-Uid"),
	}
	if user := context.User; user != nil {
		caller.User = user.Login
		if user.Role != "" {
			caller.Role = user.Role
		}
	}
	return caller
}

// May tells whether the caller has at least a role of Grafana: Viewer, Editor or Admin.
func (c Caller) May(role string) bool {
	rank := map[string]int{"Viewer": 1, "Editor": 2, "Admin": 3}
	return rank[c.Role] >= rank[role]
}

func (c Caller) write(headers http.Header) {
	for name, value := range map[string]string{
		"X-Watchtower-Role":      c.Role,
		"X-Watchtower-User":      c.User,
		"X-Watchtower-Org":       c.Org,
		"X-Watchtower-Dashboard": c.Dashboard,
		"X-Watchtower-Panel":     c.Panel,
		"X-Watchtower-Rule":      c.Rule,
	} {
		if value = printable(value); value != "" {
			headers.Set(name, value)
		}
	}
}

// printable is the part of a text that may stand in a header: a name is a hint for a log, never a reason to fail.
func printable(text string) string {
	kept := make([]byte, 0, len(text))
	for i := 0; i < len(text) && len(kept) < 200; i++ {
		if text[i] >= 0x20 && text[i] < 0x7f {
			kept = append(kept, text[i])
		}
	}
	return string(kept)
}
