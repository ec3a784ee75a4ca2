package sip

import (
	"context"

	"github.com/emiago/sipgo/sip"
)

// ask sends a request outside any leg and waits for its final response; a
// challenge is answered once, and once more if its nonce was stale. d numbers
// the requests and is not for concurrent use. Errors: ErrUnreachable, ErrClosed,
// the context's.
func (s *Stack) ask(ctx context.Context, d *dialog, who login, method sip.RequestMethod, fill func(*sip.Request, flow)) (*sip.Response, error) {
	var auth []Header
	for tries := 0; ; tries++ {
		res, err := s.askOnce(ctx, d, method, func(req *sip.Request, f flow) {
			add(req, "User-Agent", s.cfg.UserAgent)
			addAll(req, auth)
			fill(req, f)
		})
		if err != nil || tries == 2 || res.StatusCode != 401 && res.StatusCode != 407 {
			return res, err
		}
		again, ok := who.answerTo(res, method, d.target.String(), auth)
		if !ok {
			return res, nil
		}
		auth = again
	}
}

func (s *Stack) askOnce(ctx context.Context, d *dialog, method sip.RequestMethod, fill func(*sip.Request, flow)) (*sip.Response, error) {
	type outcome struct {
		res *sip.Response
		err error
	}
	done := make(chan outcome, 1)
	d.localSeq++
	same := *d // the transaction may outlive this call
	tx := s.request(where{uri: d.next()}, func(f flow) *sip.Request {
		req := same.request(method, same.localSeq)
		fill(req, f)
		req.SetBody(nil)
		return req
	}, func(res *sip.Response) {
		if res.StatusCode >= 200 {
			done <- outcome{res: res}
		}
	}, func(err error) { done <- outcome{err: err} })
	select {
	case o := <-done:
		if s.ctx.Err() != nil && isCanceled(o.err) {
			o.err = ErrClosed
		}
		return o.res, o.err
	case <-ctx.Done():
		tx.stop()
		return nil, ctx.Err()
	case <-s.ctx.Done():
		return nil, ErrClosed
	}
}
