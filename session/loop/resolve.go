package loop

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/session/dial"
)

// resolver looks up the names that a Group connects to, each once at a time. An
// answer is used for Config.Refresh; then it is still used, while it is looked up
// anew, until there is another.
type resolver struct {
	group *Group

	mu    sync.Mutex
	hosts map[string]*host
}

type host struct {
	addrs   []netip.Addr // not changed, but replaced
	at      time.Time    // of the answer
	turn    uint32       // the address to begin with
	looking bool
	waiting []waiter
}

type waiter struct {
	loop   *Loop
	handle Handle
}

func (r *resolver) init(g *Group) {
	r.group, r.hosts = g, map[string]*host{}
}

// lookup has c connect, at once if the addresses are known: then its timing has no
// DNSDone.
func (r *resolver) lookup(l *Loop, c *conn, name string) {
	r.mu.Lock()
	h := r.hosts[name]
	if h == nil {
		h = new(host)
		r.hosts[name] = h
	}
	if !h.looking && (h.addrs == nil || time.Since(h.at) >= r.group.config.Refresh) {
		h.looking = true
		r.group.running.Go(func() { r.look(name, h) })
	}
	addrs, turn := h.addrs, h.turn
	if addrs == nil {
		h.waiting = append(h.waiting, waiter{l, c.handle()})
	} else {
		h.turn++
	}
	r.mu.Unlock()
	if addrs != nil {
		l.connectTo(c, addrs, turn)
	}
}

// look looks a name up, for as long as the resolver takes: how long each connection
// waits is its own deadline.
func (r *resolver) look(name string, h *host) {
	resolver := r.group.config.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	addrs, err := resolver.LookupNetIP(r.group.ctx, "ip", name)
	at := time.Now()
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}

	r.mu.Lock()
	h.looking = false
	if err == nil && len(addrs) > 0 {
		h.addrs, h.at = addrs, at
	}
	waiting, turn := h.waiting, h.turn
	h.waiting, h.turn = nil, turn+uint32(len(waiting))
	r.mu.Unlock()
	for i, w := range waiting {
		w.loop.tell(func() {
			c := w.loop.conns.get(w.handle)
			switch {
			case c == nil || c.doomed:
			case err != nil:
				w.loop.fail(c, dial.PhaseDNS, err)
			default:
				c.opening.timing.DNSDone = at
				w.loop.connectTo(c, addrs, turn+uint32(i))
			}
		})
	}
}
