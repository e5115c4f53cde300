import Foundation
import Synchronization

/// While it holds, what this process makes in the file system is its user's alone: a socket is made open to all that
/// the mask allows, and a process that connects before its mode is set would be taken for the owner of the file.
///
/// Servers that begin at once share it: the last one gives the mask back as it was before the first.
package final class ClosedMask: Sendable {
    private static let shared = Mutex((holders: 0, before: mode_t(0)))

    private let holds = Mutex(true)

    package init() {
        Self.shared.withLock { shared in
            if shared.holders == 0 { shared.before = umask(0o077) }
            shared.holders += 1
        }
    }

    /// The mask is as it was before, unless another server needs it. Again changes nothing.
    package func giveBack() {
        let held = holds.withLock { holds in
            defer { holds = false }
            return holds
        }
        guard held else { return }
        Self.shared.withLock { shared in
            shared.holders -= 1
            if shared.holders == 0 { _ = umask(shared.before) }
        }
    }
}
