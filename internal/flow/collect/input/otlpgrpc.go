package input

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

const (
	inputGRPC  = "otlp-grpc"
	exportLogs = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
	grpcHead   = 5 // a flag and the length of the message
)

// Codes of gRPC that we answer with.
const (
	grpcInvalid         = 3
	grpcForbidden       = 7
	grpcExhausted       = 8 // without more it tells the sender not to come again
	grpcUnimplemented   = 12
	grpcInternal        = 13
	grpcUnavailable     = 14 // come again
	grpcUnauthenticated = 16
)

func grpcCode(status int) int {
	switch status {
	case http.StatusUnauthorized:
		return grpcUnauthenticated
	case http.StatusForbidden:
		return grpcForbidden
	case http.StatusRequestEntityTooLarge:
		return grpcExhausted
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return grpcUnavailable
	case http.StatusInternalServerError:
		return grpcInternal
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType:
		return grpcUnimplemented
	}
	return grpcInvalid
}

func isGRPC(r *http.Request) bool {
	return r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc")
}

// grpc takes logs in over OTLP/gRPC: one call with one message each way, which is HTTP/2 with five bytes before a message and the
// outcome in the trailer. So it shares address, token and bounds with the rest.
func (h *HTTP) grpc(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/grpc")
	reply, err := h.callGRPC(w, r)
	code, detail := 0, ""
	if err != nil {
		f := failureOf(err)
		h.note(r, f, err)
		code, detail = grpcCode(f.status), f.detail
	} else {
		head := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(reply)))
		_, _ = w.Write(append(head, reply...)) // the sender is gone: nobody to tell
	}
	w.Header().Set(http.TrailerPrefix+"Grpc-Status", strconv.Itoa(code))
	if detail != "" {
		w.Header().Set(http.TrailerPrefix+"Grpc-Message", url.PathEscape(detail))
	}
}

func (h *HTTP) callGRPC(w http.ResponseWriter, r *http.Request) (reply []byte, err error) {
	if r.URL.Path != exportLogs || r.Method != http.MethodPost {
		return nil, fmt.Errorf("%w: of gRPC only logs can be exported", errEncoding)
	}
	src, err := h.authenticate(r)
	if err != nil {
		return nil, err
	}
	message, free, err := h.bodies.message(w, r)
	if err != nil {
		return nil, err
	}
	defer free()
	q := &otlpRequest{from: originOf(r, src, inputGRPC), most: h.o.MaxRecords}
	if err := h.keepOTLP(r.Context(), q, q.protobuf, message); err != nil {
		return nil, err
	}
	return q.reply(), nil
}

// message returns the one message of a call, unpacked, and a function that gives its memory back.
func (b *bodies) message(w http.ResponseWriter, r *http.Request) ([]byte, func(), error) {
	packed, free, err := b.read(w, r)
	if err != nil {
		return nil, nil, err
	}
	if len(packed) < grpcHead || int64(binary.BigEndian.Uint32(packed[1:])) != int64(len(packed)-grpcHead) {
		free()
		return nil, nil, fmt.Errorf("%w: not one message of gRPC", errBody)
	}
	message := packed[grpcHead:]
	switch enc := r.Header.Get("Grpc-Encoding"); {
	case packed[0] == 0:
		return message, free, nil
	case enc != "gzip":
		free()
		return nil, nil, fmt.Errorf("%w: %q", errEncoding, enc)
	}
	defer free()
	z, err := gzip.NewReader(bytes.NewReader(message))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errBody, err)
	}
	defer func() { _ = z.Close() }() // nothing of it is kept
	return b.fill(z, int64(len(message)))
}
