// Package netflow turns datagrams of NetFlow v5 and v9, IPFIX and sFlow v5 into one JSON record a flow, under ECS names. Huawei's and H3C's
// NetStream is NetFlow on the wire. The bytes are read by goflow2's decoders; this package bounds what they may be made to hold.
package netflow
