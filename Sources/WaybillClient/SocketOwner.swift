import Foundation
import WaybillAccess

/// The process that serves at a Unix socket.
package struct SocketOwner: Hashable, Sendable {
    /// Its number; 0: the system does not say.
    package let process: Int32
    /// Whose process it is; nil: the system does not say.
    package let user: UInt32?

    /// Looks whether a process serves at a path; nil: there is no socket, or only one that a process left behind.
    package init?(at path: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard SocketPath.connect(descriptor, to: path) else { return nil }
        var peer = SocketPeer()
        var size = socklen_t(MemoryLayout<SocketPeer>.size)
        let isKnown = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        process = isKnown ? peer.process : 0
        user = isKnown ? peer.user : nil
    }
}

/// `struct ucred` of Linux: who is at the other end of a Unix socket.
struct SocketPeer: Sendable {
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
}
