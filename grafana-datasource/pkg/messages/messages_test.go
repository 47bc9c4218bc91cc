// Package messages holds the test of what alert rules and the Slack template say: Grafana expands both with Go's templates.
package messages

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"
	"unicode/utf8"
)

const provisioning = "../../../provisioning/alerting/"

// Grafana cuts a longer title; Slack takes more of a text, and folds a message beyond five lines.
const (
	longestTitle = 1024
	longestText  = 4000
	mostLines    = 5
)

type rule struct {
	UID         string            `json:"uid"`
	Annotations map[string]string `json:"annotations"`
	Labels      map[string]string `json:"labels"`
}

// value is what Grafana gives annotations of a query: fields and nothing else are used of it.
type value struct {
	Labels map[string]string
	Value  float64
}

// alert is what Grafana gives a contact point's template of an alert.
type alert struct {
	Status      string
	Labels      map[string]string
	Annotations map[string]string
}

type notification struct{ Alerts []alert }

func read(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(provisioning + name)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func rules(t *testing.T) map[string]rule {
	var file struct {
		Groups []struct{ Rules []rule }
	}
	read(t, "rules.json", &file)
	found := map[string]rule{}
	for _, group := range file.Groups {
		for _, each := range group.Rules {
			found[each.UID] = each
		}
	}
	return found
}

// Functions that Grafana has for annotations and for templates of contact points, of those that ours use.
var shared = template.FuncMap{
	"reReplaceAll": func(pattern, replacement, text string) string {
		return regexp.MustCompile(pattern).ReplaceAllString(text, replacement)
	},
	"match": regexp.MatchString,
	"title": func(text string) string { return strings.ToUpper(text[:1]) + text[1:] },
}

var forAnnotations = template.FuncMap{
	"externalURL":        func() string { return "https://grafana.example/sub/" },
	"humanizePercentage": func(v float64) string { return fmt.Sprintf("%.4g%%", v*100) },
	"humanizeDuration":   func(v float64) string { return (time.Duration(v) * time.Second).String() },
	"toTime": func(v any) (*time.Time, error) {
		seconds, err := strconv.ParseFloat(fmt.Sprint(v), 64)
		at := time.UnixMilli(int64(math.Round(seconds * 1000)))
		return &at, err
	},
}

var forMessages = template.FuncMap{"stringSlice": func(texts ...string) []string { return texts }}

func expand(t *testing.T, text string, labels map[string]string, values map[string]value) string {
	t.Helper()
	const before = "{{- $labels := .Labels -}}{{- $values := .Values -}}{{- $value := .Value -}}"
	parsed, err := template.New("annotation").Option("missingkey=invalid").Funcs(shared).Funcs(forAnnotations).Parse(before + text)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, map[string]any{"Labels": labels, "Values": values, "Value": ""}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// fired is the alert of a rule as a contact point gets it.
func fired(t *testing.T, from rule, status string, labels map[string]string, values map[string]value) alert {
	t.Helper()
	all := map[string]string{}
	for _, each := range []map[string]string{labels, from.Labels} {
		for name, text := range each {
			all[name] = text
		}
	}
	annotations := map[string]string{}
	for name, text := range from.Annotations {
		annotations[name] = expand(t, text, all, values)
	}
	return alert{status, all, annotations}
}

// message is the title and the text that Slack gets.
func message(t *testing.T, alerts ...alert) (string, string) {
	t.Helper()
	var file struct {
		Templates []struct{ Template string }
	}
	read(t, "messages.json", &file)
	parsed, err := template.New("").Option("missingkey=zero").Funcs(shared).Funcs(forMessages).Parse(file.Templates[0].Template)
	if err != nil {
		t.Fatal(err)
	}
	run := func(name string) string {
		var out strings.Builder
		if err := parsed.ExecuteTemplate(&out, name, notification{alerts}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	return run("watchtower.title"), run("watchtower.slack")
}

var start = time.Date(2026, 9, 15, 3, 5, 0, 0, time.UTC)

// incident is what the queries of a rule give of an incident that is open, or over.
func incident(open bool, change func(labels, details map[string]string)) (map[string]string, map[string]value) {
	labels := map[string]string{
		"alertname": "Incident", "incident": "throttling-0123456789ab", "kind": "throttling", "severity": "critical",
		"provider": "gmail", "vmta": "VMTA-5", "pool": "", "job": "",
	}
	details := map[string]string{
		"sender": "", "node": "", "mostlyJob": "J-17", "mostlySender": "news@shop.example", "mostlyIp": "192.0.2.1",
	}
	if change != nil {
		change(labels, details)
	}
	for name, text := range labels {
		details[name] = text
	}
	a := map[bool]float64{true: 1, false: 0}[open]
	ms := func(at time.Time) float64 { return float64(at.UnixMilli()) }
	end := start.Add(95 * time.Minute)
	values := map[string]value{
		"A": {labels, a}, "R": {labels, 0.7143}, "B": {labels, 0.021}, "W": {labels, 4213},
		"S": {labels, ms(start)}, "E": {labels, ms(end)}, "D": {details, a}, "C": {labels, a},
		"F": {labels, ms(start.Add(-30 * time.Minute))}, "T": {labels, ms(end.Add(30 * time.Minute))},
	}
	return labels, values
}

func TestAMessageSaysWhatSinceWhenHowManyAndWhereToLook(t *testing.T) {
	labels, values := incident(true, nil)
	title, text := message(t, fired(t, rules(t)["watchtower-incident-critical"], "firing", labels, values))
	if want := "🔴 Throttled at Gmail: VMTA-5"; title != want {
		t.Errorf("title %q, want %q", title, want)
	}
	lines := strings.Split(text, "\n")
	if want := "Since 15 Sep 03:05 UTC: 71 % of the attempts are deferred (usual 2.1 %), 4213 messages wait; mostly job J-17; mostly of news＠shop.example; mostly from 192.0.2.1"; lines[0] != want {
		t.Errorf("facts\n%s\nwant\n%s", lines[0], want)
	}
	const home, window = "https://grafana.example/sub/d/", "?from=1789439700000&to=now"
	for name, address := range map[string]string{
		"Dashboard":  home + "pmta-domains" + window + "&var-provider=gmail&var-vmta=VMTA-5",
		"VMTA":       home + "pmta-vmta" + window + "&var-vmta=VMTA-5&var-provider=gmail",
		"Top job":    home + "pmta-job" + window + "&var-job=J-17&var-provider=gmail",
		"Top sender": home + "pmta-risk" + window + "&var-sender=news%40shop.example&var-provider=gmail",
		"Top IP":     home + "pmta-vmta" + window + "&var-provider=gmail&var-filters=sourceIp%7C%3D%7C192.0.2.1",
		"What to do": "https://grafana.example/sub/public/plugins/pmta-watchtower-datasource/runbooks/throttling.txt",
	} {
		if want := "<" + address + "|" + name + ">"; !strings.Contains(lines[1], want) {
			t.Errorf("%s has no %s", lines[1], want)
		}
	}
	if len(lines) != 2 {
		t.Errorf("%d lines", len(lines))
	}
}

func TestAMessageThatItIsOverSaysFromWhenToWhen(t *testing.T) {
	labels, values := incident(false, nil)
	title, text := message(t, fired(t, rules(t)["watchtower-incident-critical"], "resolved", labels, values))
	if want := "✅ Over: Throttled at Gmail: VMTA-5"; title != want {
		t.Errorf("title %q, want %q", title, want)
	}
	if want := "From 15 Sep 03:05 to 04:40 UTC: 71 % of the attempts were deferred (usual 2.1 %), up to 4213 messages waited;"; !strings.HasPrefix(text, want) {
		t.Error(text)
	}
	if want := "&to=1789449000000&"; !strings.Contains(text, want) || strings.Contains(text, "NaN") {
		t.Error(text)
	}
}

// It fires for two minutes all the same, and whoever reads it should not think that it goes on.
func TestAMessageOfWhatWasOverWhenItWasFoundSaysSo(t *testing.T) {
	labels, values := incident(false, nil)
	values["A"] = value{labels, 1}
	_, text := message(t, fired(t, rules(t)["watchtower-incident-critical"], "firing", labels, values))
	if !strings.HasPrefix(text, "From 15 Sep 03:05 to 04:40 UTC:") || strings.Contains(text, "to=now") {
		t.Error(text)
	}
}

// Each kind has its own rule, labels and numbers; some have no rate, and nothing that most of it belongs to.
func TestEveryKindOfIncidentHasItsMessage(t *testing.T) {
	all := rules(t)
	kinds := map[string][3]string{
		"throttling":           {"watchtower-incident-critical", "Throttled at Gmail: VMTA-5", "71 % of the attempts are deferred"},
		"block":                {"watchtower-block-big", "Blocked at Gmail: VMTA-5", "71 % of the attempts are deferred"},
		"provider_unreachable": {"watchtower-incident-critical", "No answer from Gmail: VMTA-5", "71 % of the attempts"},
		"bounce_spike":         {"watchtower-incident-warning", "A bad list: mail of shop.example", "71 % of the messages bounced for good (usual 2.1 %)"},
		"complaint_spike":      {"watchtower-incident-warning", "Complaints: job J-9", "was complained about (usual 2.1 %)"},
		"latency_anomaly":      {"watchtower-incident-warning", "Slow deliveries at Gmail", "0.7 times as long as usual"},
		"vmta_dark":            {"watchtower-incident-critical", "Nothing heard of VMTA-5", "its logs are silent"},
		"success_floor":        {"watchtower-success-floor", "Few attempts succeed at Gmail", "only 71 % of the attempts succeed"},
		"logs_stopped":         {"watchtower-logs-stopped", "Logs of node mta1 stopped coming", "no event is newer"},
		"backfill":             {"watchtower-backfill", "Incidents of earlier days found", "15 Sep to 15 Sep: logs of these days were loaded"},
		"ingest_failure":       {"watchtower-ingest-failure", "Log files of node mta1 could not be loaded", "missing in every figure"},
	}
	pages, err := os.ReadDir("../../../docs/runbooks")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		kind := strings.TrimSuffix(page.Name(), ".md")
		want, isIncident := kinds[kind]
		if !isIncident {
			continue
		}
		delete(kinds, kind)
		for _, open := range []bool{true, false} {
			labels, values := incident(open, func(labels, details map[string]string) {
				labels["kind"] = kind
				switch kind {
				case "bounce_spike":
					details["sender"] = "shop.example"
				case "complaint_spike":
					labels["job"] = "J-9"
				case "logs_stopped", "ingest_failure", "backfill":
					labels["provider"], labels["vmta"], details["node"] = "", "", "mta1"
				}
			})
			if kind == "logs_stopped" || kind == "ingest_failure" || kind == "backfill" {
				for _, none := range []string{"R", "B", "W"} {
					values[none] = value{labels, math.NaN()}
				}
			}
			status := map[bool]string{true: "firing", false: "resolved"}[open]
			title, text := message(t, fired(t, all[want[0]], status, labels, values))
			if !strings.HasSuffix(title, want[1]) || (open && !strings.Contains(text, want[2])) {
				t.Errorf("%s: %s\n%s", kind, title, text)
			}
			held(t, kind, title, text)
			if !strings.Contains(text, "/runbooks/"+kind+".txt|What to do>") {
				t.Errorf("%s leads to no runbook: %s", kind, text)
			}
		}
	}
	if len(kinds) > 0 {
		t.Errorf("no page for %v", kinds)
	}
}

func TestFiguresHaveTheirMessages(t *testing.T) {
	all := rules(t)
	provider := map[string]string{"provider": "yahoo"}
	none := map[string]value{}
	for uid, want := range map[string]struct {
		labels map[string]string
		values map[string]value
		title  string
		text   string
	}{
		"watchtower-complaints-critical": {provider, map[string]value{"A": {provider, 0.00412}, "N": {provider, 20500}}, "🔴 Complaint rate over 0.3 % at Yahoo", "0.41 % of the 20500 messages"},
		"watchtower-complaints-warning":  {provider, map[string]value{"A": {provider, 0.00112}, "N": {provider, 20500}}, "🟠 Complaint rate over 0.1 % at Yahoo", "0.11 % of the 20500 messages"},
		"watchtower-backlog":             {provider, map[string]value{"A": {provider, 8200}, "N": {provider, 9000}, "Q": {provider, 7200}}, "🟠 Messages wait for Yahoo", "8200 have no final outcome, the oldest for 2h0m0s; 9000 were sent"},
		"watchtower-no-logs":             {nil, map[string]value{"A": {nil, 14400}}, "🔴 No logs for 3 hours", "all nodes is 4h0m0s old"},
		"watchtower-service-down":        {nil, none, "🔴 Watchtower does not answer", "no other rule tells of anything new"},
	} {
		title, text := message(t, fired(t, all[uid], "firing", want.labels, want.values))
		if title != want.title || !strings.Contains(text, want.text) {
			t.Errorf("%s: %s\n%s", uid, title, text)
		}
		held(t, uid, title, text)
		if uid != "watchtower-no-logs" && uid != "watchtower-service-down" && !strings.Contains(text, "?from=now-24h&to=now&var-provider=yahoo|Dashboard>") {
			t.Errorf("%s: %s", uid, text)
		}
	}
}

// Grafana expands them at every evaluation, also where no incident is open: an error would fill its log.
func TestWhereThereIsNothingToTellOfAnnotationsExpand(t *testing.T) {
	for uid, each := range rules(t) {
		labels := map[string]string{"alertname": "Incident", "grafana_folder": "PMTA Watchtower"}
		values := map[string]value{}
		for _, refID := range []string{"A", "R", "B", "W", "S", "E", "D", "F", "T", "C", "N", "Q"} {
			values[refID] = value{nil, math.NaN()}
		}
		for _, given := range []map[string]value{values, {}} {
			fired(t, rule{uid, each.Annotations, nil}, "firing", labels, given)
		}
	}
}

// held says that a message is within Slack's limits and whole.
func held(t *testing.T, name, title, text string) {
	t.Helper()
	if utf8.RuneCountInString(title) > longestTitle || utf8.RuneCountInString(text) > longestText || strings.Count(text, "\n") >= mostLines {
		t.Errorf("%s: title of %d, text of %d characters\n%s", name, utf8.RuneCountInString(title), utf8.RuneCountInString(text), text)
	}
	if strings.Contains(title+text, "NaN") || strings.Contains(title+text, "no value") {
		t.Errorf("%s: %s\n%s", name, title, text)
	}
}

// What Slack would take for more than text. Names come from logs, and whoever sends mail can choose them.
var hostile = []string{
	"<!channel>", "<!here|x>", "<@U0123>", "@everyone", "@here", "<https://evil.example|click>", "https://evil.example/x",
	"*bold*", "_lean_", "~gone~", "`code`", "```\nblock\n```", ":rotating_light:", "&lt;!channel&gt;", "a|b", "x>y<z",
	"\u202egnp.exe", "line\nbreak\r\n> quote", "{{ .Labels }}", "%s%d", strings.Repeat("&", 3000), strings.Repeat("ж", 3000),
}

func TestNoFieldCanBringMarkupMentionsOrLinks(t *testing.T) {
	all := rules(t)
	link := regexp.MustCompile(`<https://grafana\.example/sub/[^\s<>|]+\|(Dashboard|VMTA|Top job|Top sender|Top IP|What to do)>`)
	bad := regexp.MustCompile("[<>@*~`\\p{Cf}\r]|(^|[^\\pL\\pN])_|://|:[\\w+'-]+:|&(?:[^agl]|$)|\n[^ -~]")
	fields := []string{"incident", "provider", "vmta", "pool", "job", "sender", "node", "mostlyJob", "mostlySender", "mostlyIp"}
	for _, kind := range []string{"throttling", "bounce_spike", "complaint_spike", "vmta_dark", "logs_stopped"} {
		uid := "watchtower-incident-critical"
		if kind == "logs_stopped" {
			uid = "watchtower-logs-stopped"
		}
		for _, field := range fields {
			for _, name := range hostile {
				labels, values := incident(true, func(labels, details map[string]string) {
					labels["kind"] = kind
					if field == "pool" {
						labels["vmta"] = ""
					}
					if _, isLabel := labels[field]; isLabel {
						labels[field] = name
					} else {
						details[field] = name
					}
				})
				title, text := message(t, fired(t, all[uid], "firing", labels, values))
				left := link.ReplaceAllString(text, "")
				if found := bad.FindString(title + " " + left); found != "" {
					t.Fatalf("%s, %s = %q: %q is left in\n%s\n%s", kind, field, name, found, title, left)
				}
				held(t, field, title, text)
			}
		}
	}
}

func TestOfManyAlertsTheFirstAreToldAndTheRestCounted(t *testing.T) {
	labels, values := incident(true, nil)
	one := fired(t, rules(t)["watchtower-incident-critical"], "firing", labels, values)
	title, text := message(t, one, one, one, one, one)
	if want := "🔴 Throttled at Gmail: VMTA-5 (and 4 more)"; title != want {
		t.Errorf("title %q", title)
	}
	if told := strings.Count(text, "Since 15 Sep"); told != 3 {
		t.Errorf("%d are told\n%s", told, text)
	}
	if runes := utf8.RuneCountInString(text); runes > longestText {
		t.Errorf("%d characters", runes)
	}
}
