// Package archive says how events are kept and searched, whichever engine holds them.
package archive
