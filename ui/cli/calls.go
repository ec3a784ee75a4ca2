package cli

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"cordpair/model"
)

func callsCommand(p *program) *cobra.Command {
	var (
		link   linkFlags
		asJSON bool
		follow bool
		filter string
	)
	cmd := &cobra.Command{
		Use:   "calls",
		Short: "List the live calls, or follow them",
		Long: `List the live calls of a server, peer legs included, and exit.

With --json it prints an array of objects with id, node_id, state, direction,
type, from, to, context, peer_id, connect_state, created_at and answered_at.
With --follow it prints one object a line: each live call, then every change.

--filter keeps the calls that match every word of it. A word is looked for in
all members; state:, party:, direction:, context:, connect: and id: look in one,
and ! in front of a word turns it round.

Calls are listed by the embedded exchange. SignalWire has no such list: there
--follow shows the calls that come while it runs. Give --context to take calls
of that context; without it the command only looks on.`,
		Example: `  cordpair calls --relay ws://127.0.0.1:7070 --project P --token T --json
  cordpair calls --follow --filter 'state:ringing !party:alice'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			keep, err := parseFilter(filter)
			if err != nil {
				return err
			}
			takes := link.contexts // by the flag only: the profile's are those of a console
			if err := link.resolve(cmd.Context(), p, true); err != nil {
				return err
			}
			s, err := p.openSession(cmd.Context(), &link, takes)
			if err != nil {
				return err
			}
			defer s.close()
			if follow {
				return followCalls(cmd.Context(), p, s, keep)
			}
			return listCalls(p, s, keep, asJSON)
		},
	}
	link.add(cmd)
	cmd.Flags().Lookup("context").Usage = "take calls of this `context`; may be given again (default: look on only)"
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().StringVar(&filter, "filter", "", "only calls that match this `text`, such as state:ringing or !party:alice")
	cmd.Flags().BoolVar(&follow, "follow", false, "go on and print one JSON object a line for each change")
	return cmd
}

func listCalls(p *program, s *session, keep callFilter, asJSON bool) error {
	if !s.book.Link().Server.Cordpair {
		return errors.New("this server does not list its calls: use --follow to see those that come")
	}
	records := []callRecord{}
	for _, c := range s.book.Rows(true) {
		if r := callRecordOf(s.book, c); c.State != model.Ended && keep.matches(r) {
			records = append(records, r)
		}
	}
	if asJSON {
		return printJSON(p.stdout, records)
	}
	if len(records) == 0 {
		fmt.Fprintln(p.stderr, "No live calls.")
		return nil
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tDIRECTION\tFROM\tTO\tPEER\tCONNECT")
	for _, r := range records {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.State, r.Direction, r.From, r.To, model.Short(r.PeerID), r.ConnectState)
	}
	return w.Flush()
}

// followCalls prints each call whose record changed, until interrupted.
func followCalls(ctx context.Context, p *program, s *session, keep callFilter) error {
	f := follower{p: p, s: s, keep: keep, last: make(map[model.CallID]callRecord)}
	f.print()
	for {
		// One event at a time: a state that lasted a moment is a change too.
		err := s.pull(ctx, func(model.Event) bool { f.print(); return false })
		switch {
		case ctx.Err() != nil:
			return nil
		case f.err != nil:
			return f.err
		case s.refused():
			return refused(errors.New("the server no longer takes these credentials: check --project and --token"))
		case err != nil:
			return failed(err)
		}
	}
}

// follower remembers what was printed of each call.
type follower struct {
	p    *program
	s    *session
	keep callFilter
	last map[model.CallID]callRecord
	err  error
}

func (f *follower) print() {
	for _, c := range f.s.book.Rows(true) {
		r := callRecordOf(f.s.book, c)
		// A call that was shown is followed to its end, whatever it becomes.
		before, shown := f.last[c.ID]
		if before != r && f.err == nil && (shown || f.keep.matches(r)) {
			f.last[c.ID] = r
			f.err = printJSON(f.p.stdout, r)
		}
	}
	for id := range f.last {
		if f.s.book.Call(id) == nil {
			delete(f.last, id)
		}
	}
}
