// The backend of the Grafana datasource for PMTA Watchtower.
package main

import (
	"os"

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/pmta-watchtower/grafana-datasource/pkg/plugin"
)

func main() {
	if err := datasource.Manage("pmta-watchtower-datasource", plugin.New, datasource.ManageOpts{}); err != nil {
		log.DefaultLogger.Error(err.Error())
		os.Exit(1)
	}
}
