import Foundation
import GRPCServing
import WaybillAPI
import WaybillAccess
import WaybillHTTP

/// Why a server does not serve: what is wrong, and what would help.
public struct ServerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which kind it is.
    public enum Kind: Hashable, Sendable {
        /// It was asked to serve in a way that it does not.
        case badSetting
        /// Another program serves at the address or the socket, or the system does not let this one.
        case addressTaken
        /// A commit failed: the book takes nothing until the file is opened again.
        case stopped
        /// The file cannot be read.
        case unreadable
    }

    public let kind: Kind
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

extension ServerFailure {
    /// - Parameter address: where RocketMQ clients were to be served.
    init(_ failure: ListenFailure, at address: HTTPAddress?) {
        let place = address.map { "\($0)" } ?? "the address"
        self.init(
            .addressTaken,
            failure.isTaken
                ? "another program serves at \(place); --rocketmq names another address, port 0 takes a free one"
                : "\(place) cannot be served at: \(failure.why); --rocketmq names another address")
    }

    init(_ failure: AddressFailure) {
        switch failure.address {
        case .tcp(let host, let port):
            let place = HTTPAddress(host: host, port: port)
            self.init(
                .addressTaken,
                failure.isTaken
                    ? "another program serves at \(place); --http names another address, port 0 takes a free one"
                    : "\(place) cannot be served at: \(failure.why); --http names another address")
        case .health(let host, let port):
            let place = HTTPAddress(host: host, port: port)
            self.init(
                .addressTaken,
                failure.isTaken
                    ? "another program serves at \(place); --health names another address, port 0 takes a free one"
                    : "\(place) cannot be served at: \(failure.why); --health names another address")
        case .socket(let path):
            self.init(
                .addressTaken, "the socket \(path) cannot be made: \(failure.why); --socket names another path")
        }
    }
}
