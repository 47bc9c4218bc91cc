package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
)

// query is one query of a panel or rule; Model is what was saved in it.
type query struct {
	RefID         string          `json:"refId"`
	From          int64           `json:"from"`
	To            int64           `json:"to"`
	IntervalMs    int64           `json:"intervalMs"`
	MaxDataPoints int64           `json:"maxDataPoints"`
	Model         json.RawMessage `json:"-"`
}

// UnmarshalJSON keeps the whole query as its model beside what Grafana tells of it apart.
func (q *query) UnmarshalJSON(text []byte) error {
	type known query
	if err := json.Unmarshal(text, (*known)(q)); err != nil {
		return err
	}
	q.Model = append(json.RawMessage{}, text...)
	return nil
}

type queryParams struct {
	Asker   asker             `json:"asker"`
	Headers map[string]string `json:"headers"`
	Queries []query           `json:"queries"`
}

// query asks as panels and rules do. The answer is told by the SDK's own encoder, from what its decoder made of it.
func (p *plugin) query(ctx context.Context, params queryParams) (*backend.QueryDataResponse, error) {
	answer, err := p.data.QueryData(ctx, p.request(params))
	if err != nil {
		return nil, err
	}
	return backend.FromProto().QueryDataResponse(answer)
}

func (p *plugin) request(params queryParams) *pluginv2.QueryDataRequest {
	queries := make([]backend.DataQuery, 0, len(params.Queries))
	for _, each := range params.Queries {
		queries = append(queries, backend.DataQuery{
			RefID: each.RefID, MaxDataPoints: each.MaxDataPoints, JSON: each.Model,
			Interval:  time.Duration(each.IntervalMs) * time.Millisecond,
			TimeRange: backend.TimeRange{From: time.UnixMilli(each.From), To: time.UnixMilli(each.To)},
		})
	}
	return backend.ToProto().QueryDataRequest(&backend.QueryDataRequest{
		PluginContext: p.context(params.Asker), Headers: params.Headers, Queries: queries,
	})
}

type healthParams struct {
	Asker asker `json:"asker"`
}

type health struct {
	Status  string          `json:"status"`
	Message string          `json:"message"`
	Details json.RawMessage `json:"details,omitempty"`
}

func (p *plugin) health(ctx context.Context, params healthParams) (health, error) {
	answer, err := p.diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{
		PluginContext: backend.ToProto().PluginContext(p.context(params.Asker)),
	})
	if err != nil {
		return health{}, err
	}
	result := backend.FromProto().CheckHealthResponse(answer)
	return health{Status: result.Status.String(), Message: result.Message, Details: result.JSONDetails}, nil
}

type resourceParams struct {
	Asker  asker  `json:"asker"`
	Method string `json:"method"`
	Path   string `json:"path"`
	// Query is what stands behind the path, with its question mark.
	Query string `json:"query"`
	Body  string `json:"body"`
}

type resource struct {
	Status  int                 `json:"status"`
	Headers map[string][]string `json:"headers"`
	Body    string              `json:"body"`
}

func (p *plugin) callResource(ctx context.Context, params resourceParams) (resource, error) {
	stream, err := p.resource.CallResource(ctx, backend.ToProto().CallResourceRequest(&backend.CallResourceRequest{
		PluginContext: p.context(params.Asker), Method: params.Method, Path: params.Path, URL: params.Path + params.Query, Body: []byte(params.Body),
	}))
	if err != nil {
		return resource{}, err
	}
	var answer resource
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return answer, nil
		}
		if err != nil {
			return resource{}, err
		}
		// Only the first piece of an answer says what it is.
		if part := backend.FromProto().CallResourceResponse(piece); answer.Status == 0 {
			answer.Status, answer.Headers = part.Status, part.Headers
		}
		answer.Body += string(piece.Body)
	}
}

type streamParams struct {
	Asker asker  `json:"asker"`
	Path  string `json:"path"`
	// Frames is how many are waited for.
	Frames int `json:"frames"`
}

// follow subscribes to a channel and listens until so many frames have come.
func (p *plugin) follow(ctx context.Context, params streamParams) ([]json.RawMessage, error) {
	sender := p.context(params.Asker)
	allowed, err := p.stream.SubscribeStream(ctx, backend.ToProto().SubscribeStreamRequest(&backend.SubscribeStreamRequest{
		PluginContext: sender, Path: params.Path,
	}))
	if err != nil {
		return nil, err
	}
	if allowed.Status != pluginv2.SubscribeStreamResponse_OK {
		return nil, fmt.Errorf("the channel %s answers %s", params.Path, allowed.Status)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	packets, err := p.stream.RunStream(ctx, backend.ToProto().RunStreamRequest(&backend.RunStreamRequest{
		PluginContext: sender, Path: params.Path,
	}))
	if err != nil {
		return nil, err
	}
	frames := make([]json.RawMessage, 0, params.Frames)
	for len(frames) < params.Frames {
		packet, err := packets.Recv()
		if err != nil {
			return nil, err
		}
		frames = append(frames, packet.Data)
	}
	return frames, nil
}

// publish tries to write to a channel; it gives what the plugin says to that.
func (p *plugin) publish(ctx context.Context, params streamParams) (string, error) {
	answer, err := p.stream.PublishStream(ctx, backend.ToProto().PublishStreamRequest(&backend.PublishStreamRequest{
		PluginContext: p.context(params.Asker), Path: params.Path, Data: []byte(`{}`),
	}))
	if err != nil {
		return "", err
	}
	return answer.Status.String(), nil
}
