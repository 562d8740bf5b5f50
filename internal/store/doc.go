// Package store keeps what people decide and configure in SQL: on SQLite by default, on PostgreSQL by DSN.
//
// Every statement runs behind a door that fixes whose rows it may touch: [Store.InTenant] and [Store.ReadTenant] for one
// customer, [Store.AmongTenants] for several, [Store.AllTenants] for the provider's views across all customers, and
// [Store.Platform] and [Store.ReadPlatform] for tables that belong to no customer. A door begins a transaction, hands it on
// in the context, and joins the one it finds there. Repositories open the door they need themselves, so they may be called
// with or without an open transaction.
package store
