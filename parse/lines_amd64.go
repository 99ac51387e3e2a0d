//go:build !purego

package parse

// The quicker way through the first lines of a long head, on a CPU with AVX-512:
// findLines tells where they are, sweepLines makes fields of them.

const (
	findAtLeast = 128     // octets: fewer are not worth it
	findAtMost  = 2 << 10 // octets that findLines is given
	enoughLines = 24      // behind so many findLines stops
	maxLines    = enoughLines + 16
)

// sweepLines reads the first field lines, at p[i:], as many as are plain and there
// is room for in Fields. It returns where the next line is, and how many it has read.
//
// Like sweep it knows no rule. What is checked here keeps the indices in range,
// whatever findLines finds; it does not look at the octets again.
//
// Note: a whole handshake in memory takes 17 to 20 % less with a head of 551 or 689
// octets, 25 % net of the fake, and 5 % less with one of 267: Parse takes half as
// long (Intel Xeon, Emerald Rapids, 2026-11-27; the shapes of bench/peers, beside the
// code without it in one process, in turns of 200 handshakes, 5000 of them; quantiles
// from 5 to 75 %). Zen 5 was not measured. Tried and found slower: AVX2, for the ends of
// names and lines alone (8 to 12 % less); one load, the masks shifted to one another,
// instead of three (findLines takes an eighth more); comparisons masked by one
// another instead of differences (Parse takes 4 % more); what is known noted behind
// the loop (2 %). No faster: the next octets loaded and compared before these are
// judged; masks moved through memory. Of 105 ns for 551 octets findLines takes 46,
// the loop below 30.
func (r *Response) sweepLines(p []byte, i int) (next, n int) {
	var lines [maxLines]uint32
	p = p[i-1 : len(p) : len(p)]
	found, looked := findLines(&lines, &p[0], min(len(p), findAtMost))
	fields := r.Fields[:min(cap(r.Fields), r.maxFields(), found, len(lines))]
	next = 1
	for ; n < len(fields); n++ {
		colon, end := int(lines[n]&0xffff), int(lines[n]>>16)+1
		if next >= colon || colon+2 >= end || end > len(p) ||
			colon-next <= 0 || end-(colon+2) <= 0 { // the same again: the compiler then knows that no slice is empty
			break
		}
		name := p[next:colon:colon]
		f := &fields[n]
		f.Name = name
		f.Value = p[colon+2 : end : end]
		if name[0]|0x20 == knownInitial[len(name)&31] {
			if k := known(name); k != numKnown {
				r.notes.add(k, n)
			}
		}
		next = end + 2
	}
	r.again += max(looked-next, 0)
	return i - 1 + next, n
}

// knownInitial has the first letter of a known name at the name's length.
var knownInitial = [32]byte{7: 'u', 10: 'c', 20: 's', 22: 's', 24: 's'}

// findLines looks at n octets at p, of which the first is the LF before a line. It
// writes of each line where the colon is, and in the upper 16 bits where the last
// octet of the value is. A line is tchars, if any, a colon, SP, a value of printable
// ASCII that neither begins nor ends with SP, CR, LF: findLines stops at what is
// none, or when it has enough. It returns how many lines there are, and how many
// octets were looked at.
//
//go:noescape
func findLines(lines *[maxLines]uint32, p *byte, n int) (found, looked int)

func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

func xgetbv() (eax uint32)

// hasAVX512: findLines needs AVX-512 F, BW, VBMI and VBMI2, whose registers the
// system must save, BMI1, BMI2 and POPCNT.
var hasAVX512 = func() bool {
	if leaves, _, _, _ := cpuid(0, 0); leaves < 7 {
		return false
	}
	const (
		popcnt, osxsave = 1 << 23, 1 << 27
		bmi1, bmi2      = 1 << 3, 1 << 8
		f, bw           = 1 << 16, 1 << 30
		vbmi, vbmi2     = 1 << 1, 1 << 6
		saved           = 1<<1 | 1<<2 | 1<<5 | 1<<6 | 1<<7
	)
	_, _, ecx, _ := cpuid(1, 0)
	const first = popcnt | osxsave
	if ecx&first != first || xgetbv()&saved != saved {
		return false
	}
	_, ebx, ecx, _ := cpuid(7, 0)
	const seventh, further = bmi1 | bmi2 | f | bw, vbmi | vbmi2
	return ebx&seventh == seventh && ecx&further == further
}()
