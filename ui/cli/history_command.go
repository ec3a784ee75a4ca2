package cli

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"cordpair/model"
	"cordpair/model/journal"
)

// historyRecord is one call or connect of "history --json" and --csv.
type historyRecord struct {
	Kind       string `json:"kind" enum:"call|connect"`
	ID         string `json:"id" doc:"of this entry"`
	CallID     string `json:"call_id" doc:"of the call; of a connect: of its caller's leg"`
	Direction  string `json:"direction" enum:"|inbound|outbound"`
	Type       string `json:"type" doc:"of the leg: sip, phone"`
	Context    string `json:"context"`
	From       string `json:"from"`
	To         string `json:"to"`
	BeganAt    string `json:"began_at" doc:"RFC 3339"`
	AnsweredAt string `json:"answered_at" doc:"RFC 3339, empty if never; of a connect: joined"`
	EndedAt    string `json:"ended_at" doc:"RFC 3339, empty if it has not ended or nobody saw it"`
	Talk       int64  `json:"talk_seconds"`
	Reason     string `json:"reason" doc:"why it is over: RELAY's word, or refused, timeout, expired, unreachable"`
	SIPCode    int    `json:"sip_code" doc:"0 when unknown"`
	By         string `json:"by" doc:"who ended it: peer, caller, operator, network or exchange"`
	Text       string `json:"text" doc:"one plain sentence"`
}

// historyColumns are the heads of --csv, in the order of columns.
var historyColumns = []string{"kind", "id", "call_id", "direction", "type", "context", "from", "to", "began_at", "answered_at",
	"ended_at", "talk_seconds", "reason", "sip_code", "by", "text"}

func (r historyRecord) columns() []string {
	return []string{r.Kind, r.ID, r.CallID, r.Direction, r.Type, r.Context, r.From, r.To, r.BeganAt, r.AnsweredAt,
		r.EndedAt, strconv.FormatInt(r.Talk, 10), r.Reason, strconv.Itoa(r.SIPCode), r.By, r.Text}
}

func historyRecordOf(e journal.Entry) historyRecord {
	r := historyRecord{
		Kind: string(e.Kind), ID: e.ID, CallID: string(e.Call), Direction: e.Direction.String(), Type: e.Type, Context: e.Context,
		From: e.From.String(), To: e.To.String(), BeganAt: stamp(e.Began), AnsweredAt: stamp(e.Answered), EndedAt: stamp(e.Ended),
		Talk: int64(e.Talk() / time.Second),
	}
	if e.Over() {
		r.Reason, r.SIPCode, r.By, r.Text = e.End.Word, e.End.Code, e.End.By.String(), e.End.Sentence(e.To.Brief())
		if e.Kind == journal.Call && e.Direction == model.Inbound {
			r.Text = e.End.SentenceIn(e.From.Brief())
		}
	}
	return r
}

func historyCommand(p *program) *cobra.Command {
	var (
		asJSON, asCSV bool
		since         string
	)
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List past calls and connects",
		Long: `List what the consoles of this user kept of calls and connects, the oldest
first. It needs no server.

With --json it prints an array of objects, with --csv a table with a line of
heads. Both have kind (call or connect), id, call_id, direction, type, context,
from, to, began_at, answered_at, ended_at, talk_seconds, reason, sip_code, by
and text.`,
		Example: "  cordpair history --since 24h\n  cordpair history --since 2026-11-01 --csv > november.csv",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON && asCSV {
				return usagef("--json and --csv: give one")
			}
			from, err := parseSince(since, time.Now())
			if err != nil {
				return err
			}
			records, err := p.pastCalls(from)
			switch {
			case err != nil:
				return err
			case asJSON:
				return printJSON(p.stdout, records)
			case asCSV:
				return p.historyCSV(records)
			}
			return p.historyTable(records)
		},
	}
	fl := cmd.Flags()
	fl.BoolVar(&asJSON, "json", false, "print JSON")
	fl.BoolVar(&asCSV, "csv", false, "print comma-separated values")
	fl.StringVar(&since, "since", "", "only what began since `then`: 90m, 24h, 7d, 2026-11-01 or a time as RFC 3339 writes it")
	return cmd
}

// parseSince reads a moment, or how long ago it was. Nothing is the beginning
// of time; a date begins at midnight here.
func parseSince(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, now.Location()); err == nil {
		return t, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	return time.Time{}, usagef("--since %q: type how long ago (90m, 24h, 7d), a date (2026-11-01) or a time (RFC 3339)", s)
}

func (p *program) pastCalls(since time.Time) ([]historyRecord, error) {
	file, err := stateFile(historyName)
	if err != nil {
		return nil, err
	}
	past := &historyFile{file: &rollingFile{path: file}, log: p.logger()}
	entries, err := past.Load()
	if err != nil {
		return nil, err
	}
	records := []historyRecord{}
	for _, e := range entries {
		if !e.Began.Before(since) {
			records = append(records, historyRecordOf(e))
		}
	}
	return records, nil
}

func (p *program) historyCSV(records []historyRecord) error {
	w := csv.NewWriter(p.stdout)
	_ = w.Write(historyColumns) // Error tells below
	for _, r := range records {
		_ = w.Write(r.columns())
	}
	w.Flush()
	return w.Error()
}

func (p *program) historyTable(records []historyRecord) error {
	if len(records) == 0 {
		fmt.Fprintln(p.stderr, "Nothing is kept.")
		return nil
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "BEGAN\tKIND\tFROM\tTO\tTALK\tEND")
	for _, r := range records {
		began, err := time.Parse(time.RFC3339Nano, r.BeganAt)
		if err != nil {
			continue // was stamped above
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", began.Local().Format(time.DateTime), r.Kind, model.Clean(r.From), model.Clean(r.To),
			time.Duration(r.Talk)*time.Second, firstOf(model.Clean(r.Text), "-"))
	}
	return w.Flush()
}
