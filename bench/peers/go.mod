module github.com/zeroshake/zeroshake/bench/peers

go 1.26.0

require (
	github.com/gobwas/httphead v0.1.0
	github.com/gobwas/ws v1.5.0
	github.com/gorilla/websocket v1.5.3
	github.com/zeroshake/zeroshake v0.1.0
)

require github.com/dolthub/maphash v0.1.0 // indirect

require (
	github.com/coder/websocket v1.8.15
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/lxzan/gws v1.8.9
	github.com/valyala/bytebufferpool v1.0.0 // indirect
)
