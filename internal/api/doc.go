// Package api is the HTTP face of the product: JSON under /api/v1, described by one OpenAPI document.
package api
