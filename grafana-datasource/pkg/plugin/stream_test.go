package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

type packets chan *backend.StreamPacket

func (p packets) Send(packet *backend.StreamPacket) error {
	p <- packet
	return nil
}

func direct(t *testing.T, s *served) *Datasource {
	t.Helper()
	instance, err := New(t.Context(), *s.as("Viewer").DataSourceInstanceSettings)
	if err != nil {
		t.Fatal(err)
	}
	return instance.(*Datasource)
}

// A live query names the channel that the browser then listens to.
func TestLiveQueriesNameTheChannel(t *testing.T) {
	s := serve(t, says(`{}`))
	answer := s.query(queryOf("A", `{"queryType":"live"}`))["A"]
	if answer.Error != nil || len(answer.Frames) != 1 || answer.Frames[0].Meta.Channel != "ds/pmta-watchtower/counters" {
		t.Fatalf("got %+v", answer)
	}
	if len(s.calls) > 0 {
		t.Error("the API was asked for what it has no query for")
	}
}

// Counters come as they are committed, and the stream is opened again when the service restarts.
func TestCountersAreHandedOn(t *testing.T) {
	s := serve(t, func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprint(writer, ": alive\n\nevent: start\nid: 0\ndata: {\"at\":1789430400000,\"delivered\":90000,\"bounced\":1,\"deferred\":1,\"complaints\":0}\n\nevent: counters\nid: 1\ndata: {\"at\":1789430400000,\"delivered\":12.5,\"bounced\":1,\"deferred\":-2,\"complaints\":0}\n\n")
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sent, ended := make(packets, 10), make(chan error, 1)
	go func() {
		ended <- direct(t, s).RunStream(ctx, &backend.RunStreamRequest{Path: countersPath}, backend.NewStreamSender(sent))
	}()
	for range 2 {
		select {
		case packet := <-sent:
			var frame data.Frame
			if err := json.Unmarshal(packet.Data, &frame); err != nil {
				t.Fatal(err)
			}
			if frame.Rows() != 1 || frame.Fields[1].At(0) != 12.5 || frame.Fields[3].At(0) != -2.0 {
				t.Errorf("got %s", packet.Data)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("nothing came")
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := s.calls[0].Header.Get("X-Watchtower-Role"); got != "Viewer" {
		t.Errorf("the shared stream was opened as %q", got)
	}
}

func TestOnlyCountersCanBeWatchedAndNobodyWrites(t *testing.T) {
	d := direct(t, serve(t, says(`{}`)))
	for path, want := range map[string]backend.SubscribeStreamStatus{
		countersPath: backend.SubscribeStreamStatusOK, "other": backend.SubscribeStreamStatusNotFound,
	} {
		if got, err := d.SubscribeStream(t.Context(), &backend.SubscribeStreamRequest{Path: path}); err != nil || got.Status != want {
			t.Errorf("%s: %v %v", path, got, err)
		}
	}
	if got, err := d.PublishStream(t.Context(), &backend.PublishStreamRequest{Path: countersPath}); err != nil || got.Status != backend.PublishStreamStatusPermissionDenied {
		t.Errorf("got %v %v", got, err)
	}
}
