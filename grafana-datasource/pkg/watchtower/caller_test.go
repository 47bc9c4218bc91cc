package watchtower

import (
	"net/http"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func TestCallerOf(t *testing.T) {
	headers := http.Header{}
	headers.Set("X-Dashboard-Uid", "pmta-health")
	headers.Set("X-Panel-Id", "7")
	headers.Set("X-Rule-Uid", "r1")
	context := backend.PluginContext{OrgID: 3, User: &backend.User{Login: "ann", Role: "Editor"}} //nolint:staticcheck
	want := Caller{Role: "Editor", User: "ann", Org: "3", Dashboard: "pmta-health", Panel: "7", Rule: "r1"}
	if got := CallerOf(context, headers); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, user := range []*backend.User{nil, {Login: "bob"}} {
		if got := CallerOf(backend.PluginContext{User: user}, http.Header{}).Role; got != "Viewer" {
			t.Errorf("without a role it is a %s", got)
		}
	}
}

func TestMay(t *testing.T) {
	for _, test := range []struct {
		role, needs string
		may         bool
	}{
		{"Viewer", "Viewer", true}, {"Viewer", "Editor", false}, {"Viewer", "Admin", false},
		{"Editor", "Editor", true}, {"Editor", "Admin", false}, {"Admin", "Admin", true},
		{"None", "Viewer", false}, {"", "Viewer", false},
	} {
		if got := (Caller{Role: test.role}).May(test.needs); got != test.may {
			t.Errorf("a %q may what needs %s: %v", test.role, test.needs, got)
		}
	}
}
