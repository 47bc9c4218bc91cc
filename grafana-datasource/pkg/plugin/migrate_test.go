package plugin

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

// The editor is held to the same examples: without it a rule would be evaluated differently from what its editor shows.
func TestMigrationsAreThoseOfTheEditor(t *testing.T) {
	text, err := os.ReadFile("testdata/migrations.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Says         string
		Saved, Today map[string]any
	}
	if err := json.Unmarshal(text, &examples); err != nil || len(examples) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	for _, example := range examples {
		if err := migrate(example.Saved); err != nil {
			t.Errorf("%s: %v", example.Says, err)
		}
		if !reflect.DeepEqual(example.Saved, example.Today) {
			t.Errorf("%s: got %v", example.Says, example.Saved)
		}
	}
}
