package watchtower

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Settings of a datasource: where the API is, and the keys it is asked with. An empty key sends none.
type Settings struct {
	// BaseURL has no trailing slash, query, fragment or user.
	BaseURL *url.URL
	// ReadKey is sent with everything that only looks.
	ReadKey string
	// AdminKey is sent with retry, delete and acknowledge.
	AdminKey string
	// Timezone whose days count where a query names none; empty leaves it to the API.
	Timezone string
}

// LoadSettings reads what Grafana keeps of a datasource. Its errors are for the person who configures it.
func LoadSettings(source backend.DataSourceInstanceSettings) (Settings, error) {
	var options struct {
		APIURL   string `json:"apiUrl"`
		Timezone string `json:"timezone"`
	}
	if err := json.Unmarshal(source.JSONData, &options); err != nil {
		return Settings{}, fmt.Errorf("the settings of the datasource cannot be read: %w", err)
	}
	base, err := parseBaseURL(options.APIURL)
	if err != nil {
		return Settings{}, err
	}
	return Settings{
		BaseURL:  base,
		ReadKey:  source.DecryptedSecureJSONData["readKey"],
		AdminKey: source.DecryptedSecureJSONData["adminKey"],
		Timezone: options.Timezone,
	}, nil
}

func parseBaseURL(text string) (*url.URL, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "/")
	if text == "" {
		return nil, errors.New("the URL of the Watchtower API is not set: give it in the settings of the datasource, such as http://127.0.0.1:8686")
	}
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, errors.New("the URL of the Watchtower API must begin with http:// or https:// and name a host, such as http://127.0.0.1:8686")
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("the URL of the Watchtower API must be an address alone: no user, query or fragment; keys have fields of their own")
	}
	return base, nil
}
