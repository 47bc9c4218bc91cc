package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

type compareParams struct {
	queryParams
	// URL of the API itself.
	URL  string `json:"url"`
	Runs int    `json:"runs"`
}

// comparison holds the times of single answers, run by run, in ms.
type comparison struct {
	// API is from the request until the last byte of the answer is there.
	API []float64 `json:"api"`
	// Backend is from the call until the whole message is there; like the API's, it is not decoded yet.
	Backend []float64 `json:"backend"`
	// Points are the cells of the value fields of one answer.
	Points int `json:"points"`
}

// compare asks the API itself and the plugin the same, in turn, so that whatever else the machine does falls on both.
// The run before the first is not counted.
func (p *plugin) compare(ctx context.Context, params compareParams) (comparison, error) {
	var times comparison
	request := p.request(params.queryParams)
	for run := 0; run <= params.Runs; run++ {
		start := time.Now()
		if err := ask(ctx, params); err != nil {
			return times, err
		}
		direct := time.Since(start)
		start = time.Now()
		answer, err := p.data.QueryData(ctx, request)
		if err != nil {
			return times, err
		}
		through := time.Since(start)
		decoded, err := backend.FromProto().QueryDataResponse(answer)
		if err != nil {
			return times, err
		}
		if times.Points, err = points(decoded); err != nil {
			return times, err
		}
		if run > 0 {
			times.API = append(times.API, milliseconds(direct))
			times.Backend = append(times.Backend, milliseconds(through))
		}
	}
	return times, nil
}

func ask(ctx context.Context, params compareParams) error {
	models := make([]json.RawMessage, 0, len(params.Queries))
	for _, each := range params.Queries {
		models = append(models, each.Model)
	}
	body, err := json.Marshal(map[string]any{"queries": models})
	if err != nil {
		return err
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, params.URL+"/api/query", bytes.NewReader(body))
	if err != nil {
		return err
	}
	call.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(call)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the API answered HTTP %d", response.StatusCode)
	}
	_, err = io.ReadAll(response.Body)
	return err
}

func points(answer *backend.QueryDataResponse) (int, error) {
	var errs error
	count := 0
	for _, result := range answer.Responses {
		errs = errors.Join(errs, result.Error)
		for _, frame := range result.Frames {
			for _, field := range frame.Fields {
				if field.Type().Numeric() {
					count += field.Len()
				}
			}
		}
	}
	return count, errs
}

func milliseconds(span time.Duration) float64 { return float64(span.Microseconds()) / 1000 }
