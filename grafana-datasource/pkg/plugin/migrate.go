package plugin

import "fmt"

// schemaVersionKey is where a saved query says in which form it is; without it the form is the first.
const schemaVersionKey = "schemaVersion"

// schemaVersion is the form of queries that this version writes.
const schemaVersion = 1

// migrate brings a saved query into today's form. Alert rules are evaluated without a browser, so the editor's own
// migrations are not enough; both are held to the same examples in testdata/migrations.json.
func migrate(model map[string]any) error {
	version := schemaVersion
	if written, ok := model[schemaVersionKey].(float64); ok {
		version = int(written)
	}
	if version > schemaVersion {
		return fmt.Errorf("the query was saved by a newer version of the plugin (form %d; this one knows %d): update the plugin", version, schemaVersion)
	}
	model[schemaVersionKey] = float64(schemaVersion)
	return nil
}
