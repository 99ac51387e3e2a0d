package plan

// memoryEach is about what a connection takes while nothing is sent, in octets: in
// this process, and in the kernel for its end. It is for telling what cannot work;
// what is measured is in the report.
func (p *Plan) memoryEach() uint64 {
	each := uint64(4 << 10) // the socket
	switch {
	case p.engineName() == "loop":
		each += 1 << 10
	case p.secure():
		each += 40 << 10 // crypto/tls
		fallthrough
	default:
		each += 8 << 10 // a goroutine and net.Conn
	}
	return each
}
