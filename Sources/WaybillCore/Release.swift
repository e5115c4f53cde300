/// Which release of Waybill this is.
package enum Release {
    /// As `waybill --version`, `/version` and the OpenAPI document say it.
    package static let version = "0.1.0"
}
