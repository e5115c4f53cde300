import Foundation
import Synchronization

/// The path of a Unix socket, as the system takes it. A path that is too long for it goes by way of its folder.
package enum SocketPath {
    /// Bytes of a path that every part of the program takes.
    package static let bytesMax = 103

    /// Folders that were opened for long paths. They stay open as long as the process: a server takes its socket away
    /// under the same name.
    private static let folders = Mutex<[String: Int32]>([:])

    /// A path that the system takes; nil: the name in its folder is too long too, or the folder is not there.
    package static func short(_ path: String) -> String? {
        guard path.utf8.count > bytesMax else { return path }
        let url = URL(fileURLWithPath: path)
        guard let folder = descriptor(of: url.deletingLastPathComponent().path) else { return nil }
        let short = "/proc/self/fd/\(folder)/\(url.lastPathComponent)"
        return short.utf8.count <= bytesMax ? short : nil
    }

    /// Connects a socket to the one at a path.
    ///
    /// - Returns: false: there is none, or it takes no connection now; `errno` says why.
    package static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard let bytes = short(path).map({ Array($0.utf8) }) else {
            errno = ENAMETOOLONG
            return false
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, length) == 0
            }
        }
    }

    private static func descriptor(of folder: String) -> Int32? {
        folders.withLock { folders in
            if let known = folders[folder] { return known }
            let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard opened >= 0 else { return nil }
            folders[folder] = opened
            return opened
        }
    }
}
