package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/pmta-watchtower/grafana-datasource/pkg/watchtower"
)

// QueryData passes the queries of a request on in one call and hands the frames back as they come.
func (d *Datasource) QueryData(ctx context.Context, request *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	response := backend.NewQueryDataResponse()
	if d.broken != nil {
		return failAll(response, request.Queries, backend.StatusBadRequest, d.broken), nil
	}
	queries := make([]map[string]any, 0, len(request.Queries))
	for _, query := range request.Queries {
		model, err := d.modelOf(query)
		switch {
		case err != nil:
			response.Responses[query.RefID] = failure(backend.StatusBadRequest, err)
		case model["queryType"] == liveType:
			response.Responses[query.RefID] = liveResponse(d.uid)
		default:
			queries = append(queries, model)
		}
	}
	if len(queries) == 0 {
		return response, nil
	}
	answers, err := d.ask(ctx, request, queries)
	if errors.Is(err, context.Canceled) {
		return nil, err
	}
	for _, query := range queries {
		refID, _ := query["refId"].(string)
		switch answer, known := answers[refID]; {
		case err != nil:
			response.Responses[refID] = failure(statusOf(err), err)
		case !known:
			response.Responses[refID] = failure(backend.StatusBadGateway, errors.New("the Watchtower API left this query unanswered"))
		default:
			response.Responses[refID] = answer
		}
	}
	return response, nil
}

func (d *Datasource) ask(ctx context.Context, request *backend.QueryDataRequest, queries []map[string]any) (backend.Responses, error) {
	body, err := json.Marshal(map[string]any{"queries": queries})
	if err != nil {
		return nil, err
	}
	answer, err := d.client.Read(ctx, watchtower.Request{
		Method:   http.MethodPost,
		Path:     "/api/query",
		Body:     body,
		Caller:   watchtower.CallerOf(request.PluginContext, request.GetHTTPHeaders()),
		Question: true,
	})
	if err != nil {
		return nil, err
	}
	var decoded backend.QueryDataResponse
	// Not by json.Unmarshal: it would read a long answer twice from end to end before this decoder does.
	if err := decoded.UnmarshalJSON(answer); err != nil {
		// The decoder quotes the bytes it stopped at: for the log, as they may be anything.
		log.DefaultLogger.Error("an answer of the Watchtower API cannot be decoded", "error", strings.ToValidUTF8(err.Error(), "?"))
		return nil, errors.New("the answer of the Watchtower API is not what this version of the plugin understands: are the plugin and the API of the same version?")
	}
	return decoded.Responses, nil
}

// previousKey is set in queries about the range before the one that Grafana shows, which is as long and ends where that begins.
const previousKey = "previous"

// modelOf is a query as the API takes it: what the editor made, in today's form, with Grafana's range and step.
func (d *Datasource) modelOf(query backend.DataQuery) (map[string]any, error) {
	model := map[string]any{}
	if err := json.Unmarshal(query.JSON, &model); err != nil {
		return nil, fmt.Errorf("the query cannot be read: %w", err)
	}
	if err := migrate(model); err != nil {
		return nil, err
	}
	// What Grafana notes in a query for itself.
	for _, name := range []string{"datasource", "datasourceId", "hide", "key", schemaVersionKey} {
		delete(model, name)
	}
	from, to := query.TimeRange.From, query.TimeRange.To
	if previous, _ := model[previousKey].(bool); previous {
		from, to = from.Add(from.Sub(to)), from
	}
	delete(model, previousKey)
	model["refId"] = query.RefID
	model["from"] = from.UnixMilli()
	model["to"] = to.UnixMilli()
	if milliseconds := query.Interval.Milliseconds(); milliseconds > 0 {
		model["intervalMs"] = milliseconds
	} else {
		delete(model, "intervalMs")
	}
	if query.MaxDataPoints > 0 {
		model["maxDataPoints"] = query.MaxDataPoints
	} else {
		delete(model, "maxDataPoints")
	}
	if _, named := model["timezone"]; !named && d.client.Settings().Timezone != "" {
		model["timezone"] = d.client.Settings().Timezone
	}
	return model, nil
}

func failAll(response *backend.QueryDataResponse, queries []backend.DataQuery, status backend.Status, err error) *backend.QueryDataResponse {
	for _, query := range queries {
		response.Responses[query.RefID] = failure(status, err)
	}
	return response
}

// failure is the answer to one query. Nothing that goes wrong here is the plugin's own: it is the API, or its settings.
func failure(status backend.Status, err error) backend.DataResponse {
	return backend.DataResponse{Status: status, Error: err, ErrorSource: backend.ErrorSourceDownstream}
}

func statusOf(err error) backend.Status {
	var refused *watchtower.Error
	if errors.As(err, &refused) {
		return backend.Status(refused.Status)
	}
	return backend.StatusBadGateway
}
