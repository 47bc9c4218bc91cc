package plugin

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"

	"github.com/pmta-watchtower/grafana-datasource/pkg/watchtower"
)

// maxBody is how large the body of a call may be: the largest is a note on an incident.
const maxBody = 64 << 10

// pieceSize keeps what is streamed well below the 16 MiB of one message between Grafana and the plugin.
const pieceSize = 1 << 20

// resource is one call that the editors and panels may make beside queries.
type resource struct {
	// pattern is the path under the datasource's resources, in the form of http.ServeMux.
	pattern string
	// path is the API's own, `{id}` standing for the id.
	path string
	// role of Grafana that the person who calls must have at least.
	role string
	key  watchtower.Key
	// parameters that are passed on; any other is dropped. `every` passes all.
	parameters []string
	// endless is set where the answer may be long.
	endless bool
}

// every is for a call whose parameters are named by dimensions.
var every = []string{"*"}

var all = []resource{
	{pattern: "GET /model", path: "/api/model", role: "Viewer"},
	{pattern: "GET /dimensions", path: "/api/dimensions", role: "Viewer"},
	{pattern: "GET /dimensions/{id}/values", path: "/api/dimensions/{id}/values", role: "Viewer", parameters: []string{"search"}},
	{pattern: "GET /files", path: "/api/files", role: "Viewer", parameters: []string{"status", "limit", "cursor"}},
	{pattern: "GET /files/{id}", path: "/api/files/{id}", role: "Viewer"},
	{pattern: "GET /files/{id}/errors", path: "/api/files/{id}/errors", role: "Viewer", parameters: []string{"limit", "cursor"}},
	{pattern: "GET /export", path: "/api/analytics/export", role: "Viewer", parameters: every, endless: true},
	{pattern: "POST /files/{id}/retry", path: "/api/files/{id}/retry", role: "Editor", key: watchtower.AdminKey},
	{pattern: "POST /incidents/{id}/ack", path: "/api/incidents/{id}/ack", role: "Editor", key: watchtower.AdminKey},
	{pattern: "DELETE /files/{id}", path: "/api/files/{id}", role: "Admin", key: watchtower.AdminKey},
}

// plainID is what ids of files and incidents and names of dimensions look like; anything else never reaches the API.
var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$`)

func resources(d *Datasource) backend.CallResourceHandler {
	mux := http.NewServeMux()
	for _, entry := range all {
		mux.HandleFunc(entry.pattern, func(writer http.ResponseWriter, request *http.Request) { d.forward(writer, request, entry) })
	}
	mux.HandleFunc("/", func(writer http.ResponseWriter, _ *http.Request) {
		refuse(writer, http.StatusNotFound, "the datasource has no such resource")
	})
	return httpadapter.New(mux)
}

func (d *Datasource) forward(writer http.ResponseWriter, request *http.Request, entry resource) {
	caller := watchtower.CallerOf(backend.PluginConfigFromContext(request.Context()), request.Header)
	id := request.PathValue("id")
	switch {
	case d.broken != nil:
		refuse(writer, http.StatusBadRequest, d.broken.Error())
		return
	case !caller.May(entry.role):
		refuse(writer, http.StatusForbidden, "this needs the role "+entry.role+" in Grafana; yours is "+caller.Role)
		return
	case id != "" && !plainID.MatchString(id):
		refuse(writer, http.StatusBadRequest, "this is not an id")
		return
	}
	call := watchtower.Request{Method: request.Method, Path: pathOf(entry, id), Query: parametersOf(entry, request.URL.Query()), Key: entry.key, Caller: caller, Endless: entry.endless}
	if request.Method == http.MethodPost && request.Body != nil {
		body, err := io.ReadAll(http.MaxBytesReader(writer, request.Body, maxBody))
		if err != nil {
			refuse(writer, http.StatusRequestEntityTooLarge, "the body of the request is too large")
			return
		}
		if len(body) > 0 {
			call.Body = body
		}
	}
	response, err := d.client.Open(request.Context(), call)
	if err != nil {
		var refused *watchtower.Error
		if errors.As(err, &refused) {
			refuse(writer, refused.Status, refused.Message)
		} else {
			refuse(writer, http.StatusBadGateway, err.Error())
		}
		return
	}
	defer func() { _ = response.Body.Close() }()
	pass(writer, response)
}

// pass hands an answer over piece by piece, so that an export of any size is never held whole.
func pass(writer http.ResponseWriter, response *http.Response) {
	for _, name := range []string{"Content-Type", "Content-Disposition", "X-Watchtower-Notices"} {
		if value := response.Header.Get(name); value != "" {
			writer.Header().Set(name, value)
		}
	}
	writer.Header().Set("X-Content-Type-Options", "nosniff")
	writer.WriteHeader(response.StatusCode)
	pieces := bufio.NewWriterSize(flushing{writer}, pieceSize)
	_, err := io.Copy(pieces, response.Body)
	if err = errors.Join(err, pieces.Flush()); err != nil {
		log.DefaultLogger.Warn("an answer of the Watchtower API broke off", "error", err)
	}
}

// flushing sends on each piece that is written to it at once.
type flushing struct{ http.ResponseWriter }

func (f flushing) Write(piece []byte) (int, error) {
	n, err := f.ResponseWriter.Write(piece)
	if flusher, ok := f.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
	return n, err
}

func parametersOf(entry resource, given url.Values) url.Values {
	passed := url.Values{}
	for name, values := range given {
		if slices.Contains(entry.parameters, name) || slices.Contains(entry.parameters, every[0]) {
			passed[name] = values
		}
	}
	return passed
}

func pathOf(entry resource, id string) string {
	return strings.ReplaceAll(entry.path, "{id}", url.PathEscape(id))
}

// refuse answers in the form that the API's own errors have.
func refuse(writer http.ResponseWriter, status int, message string) {
	body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": "refused", "message": message, "details": nil}, "message": message})
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(status)
	_, _ = writer.Write(body)
}
