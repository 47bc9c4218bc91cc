package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
)

// plugin is the running binary, with a client for each service of the protocol.
type plugin struct {
	process     *goplugin.Client
	data        grpcplugin.DataClient
	diagnostics grpcplugin.DiagnosticsClient
	resource    grpcplugin.ResourceClient
	stream      grpcplugin.StreamClient
	mutex       sync.Mutex
	// sources are the ids of the datasources that were configured, by their settings.
	sources map[string]int64
}

// start runs the binary and shakes hands with it.
func start(binary string) (*plugin, error) {
	process := goplugin.NewClient(&goplugin.ClientConfig{
		Cmd: exec.Command(binary), //nolint:gosec // it is what the host is for
		HandshakeConfig: goplugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]goplugin.PluginSet{grpcplugin.ProtocolVersion: {
			"data":        &grpcplugin.DataGRPCPlugin{},
			"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{},
			"resource":    &grpcplugin.ResourceGRPCPlugin{},
			"stream":      &grpcplugin.StreamGRPCPlugin{},
		}},
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		// It logs each query that fails, and tests let many fail.
		Logger: hclog.NewNullLogger(),
	})
	p := &plugin{process: process, sources: map[string]int64{}}
	if err := p.connect(); err != nil {
		process.Kill()
		return nil, fmt.Errorf("the plugin %s cannot be started: %w", binary, err)
	}
	return p, nil
}

func (p *plugin) connect() error {
	connection, err := p.process.Client()
	if err != nil {
		return err
	}
	for name, take := range map[string]func(client any) bool{
		"data":        func(client any) (ok bool) { p.data, ok = client.(grpcplugin.DataClient); return ok },
		"diagnostics": func(client any) (ok bool) { p.diagnostics, ok = client.(grpcplugin.DiagnosticsClient); return ok },
		"resource":    func(client any) (ok bool) { p.resource, ok = client.(grpcplugin.ResourceClient); return ok },
		"stream":      func(client any) (ok bool) { p.stream, ok = client.(grpcplugin.StreamClient); return ok },
	} {
		client, err := connection.Dispense(name)
		if err != nil {
			return err
		}
		if !take(client) {
			return fmt.Errorf("it has no service %s", name)
		}
	}
	return nil
}

func (p *plugin) stop() { p.process.Kill() }

// answer makes one call to the plugin.
func (p *plugin) answer(ctx context.Context, next call) (any, error) {
	calls := map[string]func(context.Context, json.RawMessage) (any, error){
		"query":    with(p.query),
		"health":   with(p.health),
		"resource": with(p.callResource),
		"stream":   with(p.follow),
		"publish":  with(p.publish),
		"compare":  with(p.compare),
	}
	known, ok := calls[next.Name]
	if !ok {
		return nil, fmt.Errorf("there is no call %s", next.Name)
	}
	return known(ctx, next.Params)
}

func with[P, R any](work func(context.Context, P) (R, error)) func(context.Context, json.RawMessage) (any, error) {
	return func(ctx context.Context, text json.RawMessage) (any, error) {
		var params P
		if err := json.Unmarshal(text, &params); err != nil {
			return nil, err
		}
		return work(ctx, params)
	}
}

// asker is who asks, through which datasource.
type asker struct {
	// Settings and Secrets are what Grafana keeps of the datasource.
	Settings json.RawMessage   `json:"settings"`
	Secrets  map[string]string `json:"secrets"`
	// Role of the person; without one nobody is there, as when a rule is evaluated by Grafana itself.
	Role string `json:"role"`
	// PluginVersion is what Grafana read in plugin.json.
	PluginVersion string `json:"pluginVersion"`
}

// context is what Grafana says with every call.
func (p *plugin) context(who asker) backend.PluginContext {
	context := backend.PluginContext{
		OrgID:         1, //nolint:staticcheck // Grafana sends it
		PluginID:      "pmta-watchtower-datasource",
		PluginVersion: who.PluginVersion,
		DataSourceInstanceSettings: &backend.DataSourceInstanceSettings{
			ID: p.source(who), UID: "pmta-watchtower", Type: "pmta-watchtower-datasource", Name: "PMTA Watchtower",
			Updated: time.Unix(1, 0), JSONData: who.Settings, DecryptedSecureJSONData: who.Secrets,
		},
	}
	if who.Role != "" {
		context.User = &backend.User{Login: "ann", Role: who.Role}
	}
	return context
}

// source is the id of the datasource with these settings: the plugin keeps an instance for each.
func (p *plugin) source(who asker) int64 {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	key := fmt.Sprintf("%s %v", who.Settings, who.Secrets)
	if _, known := p.sources[key]; !known {
		p.sources[key] = int64(len(p.sources) + 1)
	}
	return p.sources[key]
}
