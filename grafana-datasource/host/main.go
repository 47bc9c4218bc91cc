// The host is Grafana's server as far as the datasource's backend sees it: it starts the built binary, shakes hands and
// speaks the plugin protocol to it. Tests and benchmarks write calls to its standard input and read the answers from its
// standard output, a line of JSON each. It is no part of what is shipped.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// maxLine is how long a call may be: the notes and queries of tests are far below it.
const maxLine = 16 << 20

// call is one line of input.
type call struct {
	ID     int             `json:"id"`
	Name   string          `json:"call"`
	Params json.RawMessage `json:"params"`
}

// reply is one line of output: either what a call gave, or why it failed.
type reply struct {
	ID     int    `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: host BINARY")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run answers calls, several at a time, until the input ends; the plugin ends with it.
func run(binary string) error {
	plugin, err := start(binary)
	if err != nil {
		return err
	}
	defer plugin.stop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	output, mutex := json.NewEncoder(os.Stdout), sync.Mutex{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var next call
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil {
			return err
		}
		go func() {
			answer := reply{ID: next.ID}
			var err error
			if answer.Result, err = plugin.answer(ctx, next); err != nil {
				answer = reply{ID: next.ID, Error: err.Error()}
			}
			mutex.Lock()
			defer mutex.Unlock()
			_ = output.Encode(answer)
		}()
	}
	return lines.Err()
}
