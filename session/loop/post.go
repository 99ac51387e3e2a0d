package loop

// How other goroutines have a loop do something: Post and tell, then the loop's
// side.

// maxCalls is how much of what was posted, and how much of what is due, is called
// in one turn.
const maxCalls = 256

// Post has the loop call f soon, behind what was posted before, and not within a
// call. Any goroutine may call it. false: the Group has ended, and f will not be
// called; else it will be, once.
func (l *Loop) Post(f func()) bool { return l.put(&l.inbox, f) }

// tell is Post for what has come of connections over net.Conn, and of look-ups: it
// does not wait for all that others have posted, nor does a deadline overtake it
// (readLate).
func (l *Loop) tell(f func()) bool { return l.put(&l.told, f) }

func (l *Loop) put(box *[]func(), f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return false
	}
	*box = append(*box, f)
	if !l.woken {
		l.woken = true
		l.poll.wake() // under mu, so that the poller is not closed yet
	}
	return true
}

// callPosted calls what was told, and up to maxCalls functions of what was posted,
// which does not overtake what was told before it. It reports whether there are
// more: connections have their turn first.
func (l *Loop) callPosted() (more bool) {
	l.mu.Lock()
	told := l.told
	l.told = nil
	n := min(len(l.inbox), maxCalls)
	posted := l.inbox[:n]
	l.inbox = l.inbox[n:]
	if more = len(l.inbox) > 0; !more {
		l.inbox = nil
	}
	l.woken = false
	l.mu.Unlock()
	l.callAll(told)
	l.callAll(posted)
	return more
}

// callTold calls what was told, and leaves what was posted.
func (l *Loop) callTold() {
	l.mu.Lock()
	told := l.told
	l.told = nil
	l.mu.Unlock()
	l.callAll(told)
}

func (l *Loop) callAll(calls []func()) {
	for i, f := range calls {
		calls[i] = nil
		f()
		l.reap()
	}
}

// end calls what was posted and told before it, and has Post and tell refuse the
// rest.
func (l *Loop) end() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	for l.callPosted() {
	}
}
