import Foundation
import Synchronization

/// While it holds, what this process makes in the file system is its user's alone: a socket is made open to all that
/// the mask allows, and whoever connects before its mode is set would be taken for the owner of the file.
final class ClosedMask: Sendable {
    private let before: Mutex<mode_t?>

    init() { before = Mutex(umask(0o077)) }

    /// The mask is as it was before. Again changes nothing.
    func giveBack() {
        before.withLock { before in
            if let mask = before { _ = umask(mask) }
            before = nil
        }
    }
}
