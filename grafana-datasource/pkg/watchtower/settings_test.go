package watchtower

import (
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func TestLoadSettings(t *testing.T) {
	for name, test := range map[string]struct {
		json string
		base string
		says string
	}{
		"an address":                      {json: `{"apiUrl":"http://127.0.0.1:8686"}`, base: "http://127.0.0.1:8686"},
		"a path before the API's own":     {json: `{"apiUrl":" https://mail.example/watchtower/ "}`, base: "https://mail.example/watchtower"},
		"nothing":                         {json: `{}`, says: "is not set"},
		"another scheme":                  {json: `{"apiUrl":"file:///etc/passwd"}`, says: "must begin with http://"},
		"no host":                         {json: `{"apiUrl":"http://"}`, says: "name a host"},
		"a password where all can see it": {json: `{"apiUrl":"http://u:p@host"}`, says: "keys have fields of their own"},
		"a query":                         {json: `{"apiUrl":"http://host?x=1"}`, says: "an address alone"},
		"settings that are no JSON":       {json: `{`, says: "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			settings, err := LoadSettings(backend.DataSourceInstanceSettings{JSONData: []byte(test.json)})
			if test.says != "" {
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Fatalf("got error %v, want one that says %q", err, test.says)
				}
				return
			}
			if err != nil || settings.BaseURL.String() != test.base {
				t.Fatalf("got %v and error %v, want %s", settings.BaseURL, err, test.base)
			}
		})
	}
}
