package loop

// What Send takes is held back while a round of events is told, and written at its
// end, or sooner: when the cork is full, or something is sent that cannot wait. The
// order stays.
//
// Note: several messages for one connection become one write, and reads and writes
// take turns in the processor's cache less often. With an echo for each message that
// was 1.08 times the messages per CPU second (AMD EPYC, 2026-11-26, go test -bench
// Echo/impl=zeroshake-loop ./bench/peers, 40 pairs), with 16 runs as with 64 or 256.

// cork holds octets back, in the order in which they are to be written. A connection
// of which some are held is not over, and nothing else of it waits.
type cork struct {
	octets []byte
	runs   []run
}

// run is octets of one connection, which become one write.
type run struct {
	handle Handle
	end    int // in octets; it begins where the one before ends
}

const (
	corkSize = 16 << 10
	corkRuns = 16
	maxHeld  = 4 << 10 // what is larger is not worth the copy
)

func newCork() cork { return cork{make([]byte, 0, corkSize), make([]run, 0, corkRuns)} }

// takes reports whether p can be held.
func (k *cork) takes(c *conn, p []byte) bool {
	return c.queued() == 0 && len(p) <= maxHeld && len(k.octets)+len(p) <= corkSize && len(k.runs) < corkRuns
}

func (k *cork) hold(c *conn, p []byte) {
	k.octets = append(k.octets, p...)
	if k.endsWith(c) {
		k.runs[len(k.runs)-1].end = len(k.octets)
		return
	}
	k.runs = append(k.runs, run{c.handle(), len(k.octets)})
}

// endsWith reports whether the last that is held is of c.
func (k *cork) endsWith(c *conn) bool {
	last := len(k.runs) - 1
	return last >= 0 && k.runs[last].handle == c.handle()
}

// drop forgets what is held of c.
func (k *cork) drop(c *conn) {
	for i := range k.runs {
		if k.runs[i].handle == c.handle() {
			k.runs[i].handle = 0
		}
	}
}

// uncork writes what is held. The Handler is told nothing meanwhile.
func (l *Loop) uncork() {
	begin := 0
	for _, r := range l.cork.runs {
		if c := l.conns.get(r.handle); c != nil { // nil: dropped
			l.writeOrQueue(c, l.cork.octets[begin:r.end])
		}
		begin = r.end
	}
	l.cork.octets, l.cork.runs = l.cork.octets[:0], l.cork.runs[:0]
}
