package loop

import "container/heap"

// timers is a heap of the times of connections, of which each has two: kinds
// deadline and wake. A connection knows where its own are.
type timers []timer

type timer struct {
	when  int64
	index int32 // of the connection
	kind  kind
}

type kind int32

const (
	deadline kind = iota // of whatever phase it is in, the next ping included
	wake                 // Loop.Wake
)

// place is where a timer of c is, from 1 on; 0: nowhere.
func (c *conn) place(k kind) *int32 {
	if k == deadline {
		return &c.deadlineAt
	}
	return &c.wakeAt
}

// next is when the first is due; 0: none is.
func (t timers) next() int64 {
	if len(t) == 0 {
		return 0
	}
	return t[0].when
}

func (t *timers) set(s *slab, c *conn, k kind, when int64) {
	at := *c.place(k)
	if at == 0 {
		*t = append(*t, timer{})
		at = int32(len(*t))
	}
	t.put(s, int(at-1), timer{when, c.index, k})
}

func (t *timers) remove(s *slab, c *conn, k kind) {
	place := c.place(k)
	at := int(*place) - 1
	if at < 0 {
		return
	}
	*place = 0
	last := (*t)[len(*t)-1]
	*t = (*t)[:len(*t)-1]
	if at < len(*t) {
		t.put(s, at, last)
	}
	if cap(*t) > 1024 && len(*t) < cap(*t)/4 {
		*t = append(make(timers, 0, cap(*t)/2), *t...)
	}
}

// put puts x where at is free, or as far up or down as it belongs. Four children
// each make the heap flat.
func (t timers) put(s *slab, at int, x timer) {
	for at > 0 {
		parent := (at - 1) / 4
		if t[parent].when <= x.when {
			break
		}
		t.settle(s, at, t[parent])
		at = parent
	}
	for {
		least := -1
		for child := 4*at + 1; child <= 4*at+4 && child < len(t); child++ {
			if t[child].when < x.when && (least < 0 || t[child].when < t[least].when) {
				least = child
			}
		}
		if least < 0 {
			break
		}
		t.settle(s, at, t[least])
		at = least
	}
	t.settle(s, at, x)
}

func (t timers) settle(s *slab, at int, x timer) {
	t[at] = x
	*s.at(x.index).place(x.kind) = int32(at + 1)
}

// calls is a heap of functions to call, for Loop.At; of one time in order.
type calls struct {
	heap callHeap
	seq  uint64
}

type call struct {
	when int64
	seq  uint64
	f    func()
}

func (c *calls) push(when int64, f func()) {
	c.seq++
	heap.Push(&c.heap, call{when, c.seq, f})
}

func (c *calls) next() int64 {
	if len(c.heap) == 0 {
		return 0
	}
	return c.heap[0].when
}

func (c *calls) pop() func() { return heap.Pop(&c.heap).(call).f }

type callHeap []call

func (h callHeap) Len() int { return len(h) }
func (h callHeap) Less(i, j int) bool {
	return h[i].when < h[j].when || h[i].when == h[j].when && h[i].seq < h[j].seq
}
func (h callHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *callHeap) Push(x any)   { *h = append(*h, x.(call)) }
func (h *callHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	old[len(old)-1] = call{}
	*h = old[:len(old)-1]
	return x
}

// next is when the loop has to do something by itself; 0: never.
func (l *Loop) next() int64 {
	a, b := l.timers.next(), l.calls.next()
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// expire does what is due, in the order of its times, up to maxCalls of it:
// connections have their turn before the rest.
func (l *Loop) expire() {
	now := l.now()
	for range maxCalls {
		switch next := l.next(); {
		case next == 0 || next > now:
			return
		case next == l.calls.next():
			l.calls.pop()()
		default:
			first := l.timers[0]
			c := l.conns.at(first.index)
			l.timers.remove(&l.conns, c, first.kind)
			switch {
			case c.doomed:
			case first.kind == wake:
				l.handler.Wake(c.conn())
			default:
				l.overdue(c)
			}
		}
	}
}
