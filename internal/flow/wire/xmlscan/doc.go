// Package xmlscan walks the XML documents that log senders write: small, flat, often cut short.
package xmlscan
