package plan

// memoryEach is about what a connection takes while nothing is sent, in octets: in
// this process, and in the kernel for its end. It is for telling what cannot work;
// what was really taken, the system says.
//
// VmRSS of "storm -n N -c 64 --hold 5s --engine E", N = 4000 less N = 500, on two
// cores of an AMD EPYC, 2026-11-25: 1.0 KiB each with loop, 6.9 KiB with net; to a
// wss server, N = 2500 less N = 500: 20.0 KiB.
func (p *Plan) memoryEach() uint64 {
	const socket = 4 << 10
	switch {
	case p.engineName() == "loop":
		return socket + 2<<10
	case p.secure():
		return socket + 20<<10
	default:
		return socket + 7<<10
	}
}
