import Foundation
import NIOCore
import WaybillCore

/// By which way a request came, as the audit says it.
enum CallersWay {
    /// Connections over TCP, where tokens tell who asks.
    static let tcp: Text = "tcp"

    /// `struct ucred` of Linux.
    private struct Peer: Sendable {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    /// The user of the system at the other end of a Unix socket.
    static func socket(_ channel: any Channel) async -> Text {
        guard let options = channel as? any SocketOptionProvider else { return "socket" }
        do {
            let peer: Peer = try await options.unsafeGetSocketOption(
                level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_PEERCRED)
            ).get()
            return Text("socket, user \(peer.user)")
        } catch {
            return "socket"
        }
    }
}
