package exchange

import "cordpair/relay/wire"

// reports notes the status_url of an action that has begun.
func (c *call) reports(control, url string) {
	if url == "" {
		return
	}
	if c.statusURLs == nil {
		c.statusURLs = map[string]string{}
	}
	c.statusURLs[control] = url
}

// report tells an event of an action, also to the status_url that it was
// started with.
func (c *call) report(control, kind string, params any) {
	c.emit(kind, params)
	c.postStatus(c.statusURLs[control], kind, params)
}

// postStatus posts an event to a status_url, if there is one.
func (c *call) postStatus(url, kind string, params any) {
	c.x.hooks.send(url, c.id, func() wire.EventParams {
		return c.x.envelope(kind, "", wire.MustEncode(params))
	})
}

// checkStatusURL refuses what could never be posted to.
func checkStatusURL(url string, x *Exchange) *failure {
	return checkHookURL("status_url", url, x.fetch)
}
