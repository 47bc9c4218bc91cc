// Package plugin answers what Grafana asks of the datasource. It passes questions on to the API and adds no meaning.
package plugin

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"

	"github.com/pmta-watchtower/grafana-datasource/pkg/watchtower"
)

// Datasource is one configured datasource. Grafana makes a new one when its settings change.
type Datasource struct {
	backend.CallResourceHandler
	client *watchtower.Client
	uid    string
	// broken says what is wrong with the settings: the datasource then answers with it, so that people see it.
	broken error
}

var (
	_ backend.QueryDataHandler      = (*Datasource)(nil)
	_ backend.CheckHealthHandler    = (*Datasource)(nil)
	_ backend.CallResourceHandler   = (*Datasource)(nil)
	_ backend.StreamHandler         = (*Datasource)(nil)
	_ instancemgmt.InstanceDisposer = (*Datasource)(nil)
)

// New makes the datasource of one set of settings.
func New(ctx context.Context, source backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	datasource := &Datasource{uid: source.UID}
	settings, err := watchtower.LoadSettings(source)
	if err == nil {
		datasource.client, err = watchtower.NewClient(ctx, settings, source)
	}
	datasource.broken = err
	datasource.CallResourceHandler = resources(datasource)
	return datasource, nil
}

// Dispose gives up what the datasource held.
func (d *Datasource) Dispose() {
	if d.client != nil {
		d.client.Close()
	}
}
