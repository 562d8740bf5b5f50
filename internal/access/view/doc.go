// Package view keeps the filters of a page that people save under a name: private, or shared with their side, which is a customer
// or the provider. A view is text for the browser's address; the server never acts on it, so that it can show nobody anything the
// person who opens it may not see.
package view
