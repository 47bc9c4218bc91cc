// Package watchtower speaks to the HTTP API of PMTA Watchtower.
package watchtower

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

// maxAnswer is how large an answer may be that is held in memory. Grafana's own limit, where it is lower, comes first.
const maxAnswer = 64 << 20

// maxError is how much of an error's body is read.
const maxError = 64 << 10

// Key names the secret that a request is sent with.
type Key int

// The secrets of a datasource.
const (
	ReadKey Key = iota
	AdminKey
)

// Request is one call of the API. Path is one of the program's own, its variable parts escaped.
type Request struct {
	Method string
	Path   string
	Query  url.Values
	Body   []byte
	Key    Key
	Caller Caller
	// Endless is set where the answer may take longer than the timeout of the datasource: streams and exports.
	Endless bool
	// Question is set where nothing changes, whatever the method: it is sent again where an idle connection was closed under it.
	Question bool
}

// Client calls the API at one base URL. It never follows a redirect.
type Client struct {
	settings Settings
	http     *http.Client
	// endless has no timeout for the whole of an answer; connecting has one all the same.
	endless *http.Client
}

// NewClient makes a client with the TLS, proxy and timeout settings that Grafana keeps of the datasource.
func NewClient(ctx context.Context, settings Settings, source backend.DataSourceInstanceSettings) (*Client, error) {
	options, err := source.HTTPClientOptions(ctx)
	if err != nil {
		return nil, fmt.Errorf("the connection settings of the datasource are wrong: %w", err)
	}
	bounded, err := newHTTPClient(options)
	if err != nil {
		return nil, err
	}
	timeouts := httpclient.DefaultTimeoutOptions
	if options.Timeouts != nil {
		timeouts = *options.Timeouts
	}
	timeouts.Timeout = 0
	options.Timeouts = &timeouts
	endless, err := newHTTPClient(options)
	if err != nil {
		return nil, err
	}
	return &Client{settings: settings, http: bounded, endless: endless}, nil
}

func newHTTPClient(options httpclient.Options) (*http.Client, error) {
	client, err := httpclient.New(options)
	if err != nil {
		return nil, fmt.Errorf("the connection settings of the datasource are wrong: %w", err)
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client, nil
}

// Close gives up idle connections.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	c.endless.CloseIdleConnections()
}

// Settings the client was made with.
func (c *Client) Settings() Settings { return c.settings }

// Read calls the API and returns the whole body of a good answer. Other answers are an *Error.
func (c *Client) Read(ctx context.Context, request Request) ([]byte, error) {
	response, err := c.Open(withLimit(ctx), request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if errors.Is(err, httpclient.ErrResponseBodyTooLarge) {
		return nil, &Error{Status: http.StatusBadGateway, Message: "the answer of the Watchtower API is larger than Grafana takes: ask for a shorter range, fewer groups or a lower limit"}
	}
	if err != nil {
		return nil, c.unreachable(err)
	}
	return body, nil
}

// Open calls the API and returns a good answer with its body still to be read. Other answers are an *Error.
func (c *Client) Open(ctx context.Context, request Request) (*http.Response, error) {
	target := *c.settings.BaseURL
	escaped := target.EscapedPath() + request.Path
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, err
	}
	target.Path, target.RawPath = path, escaped
	target.RawQuery = request.Query.Encode()
	call, err := http.NewRequestWithContext(ctx, request.Method, target.String(), bytes.NewReader(request.Body))
	if err != nil {
		return nil, err
	}
	if request.Body != nil {
		call.Header.Set("Content-Type", "application/json")
	}
	if key := c.keyOf(request.Key); key != "" {
		call.Header.Set("Authorization", "Bearer "+key)
	}
	if request.Question {
		// It is not sent: net/http reads from it that the request may be repeated.
		call.Header["X-Idempotency-Key"] = nil
	}
	request.Caller.write(call.Header)
	client := c.http
	if request.Endless {
		client = c.endless
	}
	response, err := client.Do(call)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		defer func() { _ = response.Body.Close() }()
		return nil, refusal(response, request.Key)
	}
	return response, nil
}

func (c *Client) keyOf(key Key) string {
	if key == AdminKey {
		return c.settings.AdminKey
	}
	return c.settings.ReadKey
}

func withLimit(ctx context.Context) context.Context {
	if backend.GrafanaConfigFromContext(ctx).ResponseLimit() > 0 {
		return ctx
	}
	return httpclient.WithResponseLimit(ctx, maxAnswer)
}

// Error is a call that failed: what to show, and the HTTP status that fits.
type Error struct {
	Status  int
	Message string
	cause   error
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives what went wrong on the way, where the API was not reached.
func (e *Error) Unwrap() error { return e.cause }

func (c *Client) unreachable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	reason := err
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		reason = wrapped.Err
	}
	var network net.Error
	if errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &network) && network.Timeout()) {
		return &Error{
			Status:  http.StatusGatewayTimeout,
			Message: fmt.Sprintf("the Watchtower API at %s did not answer in time", c.settings.BaseURL),
			cause:   err,
		}
	}
	return &Error{
		Status:  http.StatusBadGateway,
		Message: fmt.Sprintf("the Watchtower API at %s cannot be reached: %v", c.settings.BaseURL, reason),
		cause:   err,
	}
}

// refusal tells what the API said instead of a good answer.
func refusal(response *http.Response, key Key) error {
	name := map[Key]string{ReadKey: "read key", AdminKey: "admin key"}[key]
	switch status := response.StatusCode; {
	case status >= 300 && status < 400:
		return &Error{Status: http.StatusBadGateway, Message: fmt.Sprintf("the address redirects (HTTP %d), and redirects are not followed: set the final URL of the Watchtower API in the settings of the datasource", status)}
	case status == http.StatusUnauthorized:
		return &Error{Status: status, Message: fmt.Sprintf("the Watchtower API does not accept the %s: set it in the settings of the datasource", name)}
	case status == http.StatusForbidden:
		return &Error{Status: status, Message: fmt.Sprintf("the %s in the settings of the datasource may not do this: %s", name, messageOf(response))}
	default:
		return &Error{Status: status, Message: messageOf(response)}
	}
}

func messageOf(response *http.Response) string {
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxError))
	var envelope struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &envelope) == nil && envelope.Error.Message != "" {
		return envelope.Error.Message
	}
	return fmt.Sprintf("the address answers HTTP %d, but not as the Watchtower API does: check the URL in the settings of the datasource", response.StatusCode)
}
