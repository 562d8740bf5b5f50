// Package tenancy keeps the provider's directory of customers.
package tenancy
