package plugin

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/live"

	"github.com/pmta-watchtower/grafana-datasource/pkg/watchtower"
)

// liveType is the query type of the live counters. The API has no such query: it streams them.
const liveType = "live"

// countersPath is the one channel there is. All viewers share it, so nothing in it depends on who looks.
const countersPath = "counters"

// Waiting times before the stream of the API is opened again.
const (
	firstWait   = time.Second
	longestWait = 30 * time.Second
)

// startEvent carries the totals, so that a client can add up: only what changes after it is handed on.
const startEvent = "start"

// counters is one event of the API's stream: by how much each count has changed since the last one.
type counters struct {
	// At is when it was committed, epoch milliseconds.
	At         int64   `json:"at"`
	Delivered  float64 `json:"delivered"`
	Bounced    float64 `json:"bounced"`
	Deferred   float64 `json:"deferred"`
	Complaints float64 `json:"complaints"`
}

func liveResponse(uid string) backend.DataResponse {
	frame := counterFrame()
	channel := live.Channel{Scope: live.ScopeDatasource, Namespace: uid, Path: countersPath}
	frame.SetMeta(&data.FrameMeta{Channel: channel.String()})
	return backend.DataResponse{Status: backend.StatusOK, Frames: data.Frames{frame}}
}

func counterFrame(events ...counters) *data.Frame {
	times := make([]time.Time, 0, len(events))
	columns := make([][]float64, 4)
	for _, event := range events {
		times = append(times, time.UnixMilli(event.At).UTC())
		for i, value := range []float64{event.Delivered, event.Bounced, event.Deferred, event.Complaints} {
			columns[i] = append(columns[i], value)
		}
	}
	fields := []*data.Field{data.NewField("time", nil, times)}
	for i, name := range []string{"delivered", "bounced", "deferred", "complaints"} {
		if columns[i] == nil {
			columns[i] = []float64{}
		}
		field := data.NewField(name, nil, columns[i])
		field.Config = &data.FieldConfig{Unit: "short"}
		fields = append(fields, field)
	}
	return data.NewFrame("live", fields...)
}

// SubscribeStream lets anyone look who may look at the datasource.
func (d *Datasource) SubscribeStream(_ context.Context, request *backend.SubscribeStreamRequest) (*backend.SubscribeStreamResponse, error) {
	if request.Path != countersPath {
		return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusNotFound}, nil
	}
	return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusOK}, nil
}

// PublishStream lets nobody write: the counters come from the API alone.
func (d *Datasource) PublishStream(context.Context, *backend.PublishStreamRequest) (*backend.PublishStreamResponse, error) {
	return &backend.PublishStreamResponse{Status: backend.PublishStreamStatusPermissionDenied}, nil
}

// RunStream follows the API's stream for all viewers of the channel and opens it again whenever it ends.
func (d *Datasource) RunStream(ctx context.Context, request *backend.RunStreamRequest, sender *backend.StreamSender) error {
	if d.broken != nil {
		return d.broken
	}
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		received, err := d.follow(ctx, sender)
		if ctx.Err() != nil {
			return nil
		}
		log.DefaultLogger.Debug("the stream of the Watchtower API ended", "path", request.Path, "error", err)
		if received {
			wait = firstWait
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// follow hands on one connection's events; it tells whether there was any.
func (d *Datasource) follow(ctx context.Context, sender *backend.StreamSender) (received bool, err error) {
	response, err := d.client.Open(ctx, watchtower.Request{
		Method:  http.MethodGet,
		Path:    "/api/stream",
		Caller:  watchtower.Caller{Role: "Viewer"},
		Endless: true,
	})
	if err != nil {
		return false, err
	}
	defer func() { _ = response.Body.Close() }()
	lines, name := bufio.NewScanner(response.Body), ""
	for lines.Scan() {
		if value, isName := strings.CutPrefix(lines.Text(), "event:"); isName {
			name = strings.TrimSpace(value)
		}
		text, isData := strings.CutPrefix(lines.Text(), "data:")
		if !isData || name == startEvent {
			continue
		}
		var event counters
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			return received, err
		}
		received = true
		if err := sender.SendFrame(counterFrame(event), data.IncludeAll); err != nil {
			return received, err
		}
	}
	return received, errors.Join(lines.Err(), errors.New("the connection was closed"))
}
