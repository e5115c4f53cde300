import Foundation
import NIOCore

/// Why a server does not listen at an address.
package struct AddressFailure: Error {
    package let address: HTTPFace.Address
    /// Whether another program listens there.
    package let isTaken: Bool
    /// In the words of the system.
    package let why: String

    init(_ address: HTTPFace.Address, _ error: IOError) {
        self.address = address
        isTaken = error.errnoCode == EADDRINUSE
        why = String(cString: strerror(error.errnoCode))
    }

    init(_ address: HTTPFace.Address, why: String) {
        self.address = address
        isTaken = false
        self.why = why
    }
}
