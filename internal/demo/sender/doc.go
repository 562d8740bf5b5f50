// Package sender takes the records of the demonstration to the product's own listeners, in the way real senders do: syslog over TCP and UDP,
// lines over HTTP, Elasticsearch bulk.
package sender
