// Package loop holds very many WebSocket connections in few goroutines: an event
// loop over epoll, with no goroutine, no net.Conn and no buffer for a connection
// that is idle.
//
//	group, err := loop.New(ctx, &loop.Config{
//		Handler: func(l *loop.Loop) loop.Handler { return &client{loop: l} },
//	})
//	endpoint, err := dial.NewEndpoint("ws://127.0.0.1:9001/", session.Offer{}, nil) // once
//	for i := range uint64(100000) {
//		group.Dial(endpoint, i)
//	}
//	group.Wait() // until ctx is done and all is closed, or Close
//
// A [Group] has a few [Loop]s, each with a goroutine that waits for all of its
// connections at once and tells its [Handler] what happens. A Handler sends with
// the methods of its Loop, which are for that goroutine alone; others hand it
// work with [Loop.Post]. Pings of the server are answered, and its close is, with
// its own status.
//
// # What runs over net.Conn
//
// On Linux a ws connection is a socket of the loop's own. Connections for wss,
// through a proxy, or by Config.NetDial run over net.Conn with a goroutine that
// reads, and so do all of them with Config.Net, and on other systems. It is the
// same API, but it costs a goroutine for each with its stack and half a kilobyte to
// read into, and what crypto/tls holds. With NetDial or Proxy the loop looks no names
// up.
package loop
